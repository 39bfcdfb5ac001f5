// Loaded before the conformance suite, which has no option for headers: adds the token to each request,
// by fetch and by undici as well as by node:http.
import http from "node:http";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";

const Authorization = `Bearer ${process.env.UNSTUCK_TOKEN}`;

const request = http.request;
http.request = (options, ...rest) =>
  request({ ...options, headers: { ...options.headers, Authorization } }, ...rest);

const withToken = (headers) =>
  Array.isArray(headers) ? [...headers, "Authorization", Authorization] : { ...headers, Authorization };
setGlobalDispatcher(
  getGlobalDispatcher().compose(
    (dispatch) => (options, handler) => dispatch({ ...options, headers: withToken(options.headers) }, handler),
  ),
);
