// Shows push messages, opens what they are about, and gives the answer of a button that was pressed.
// It keeps no page and answers no request: there is no "fetch" here.
"use strict";

const ICON = "/static/app/icon-192.png";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const read = (event) => {
  try {
    return event.data.json();
  } catch {
    return { notification: { title: "Unstuck" } };
  }
};

// A browser that gets a message and shows nothing loses its subscription: this comes first.
const show = (message) => {
  const { title, body = "", tag, lang, navigate = "/", actions = [], data = {} } = message;
  const { silent = false } = message;
  return registration.showNotification(title, {
    body,
    tag,
    silent,
    renotify: Boolean(tag) && !silent,
    lang,
    icon: ICON,
    badge: ICON,
    // All answers or none: a browser that has room for two must not hide the third.
    actions: actions.length <= (Notification.maxActions ?? 0) ? actions : [],
    data: { ...data, navigate },
  });
};

const post = (path, fields) =>
  fetch(path, {
    method: "POST",
    body: new URLSearchParams(fields),
    credentials: "same-origin",
    redirect: "error",
  });

// Only then does the server know that messages arrive here.
const confirm = async (fields) => {
  const { ok } = await post("/push/shown", fields);
  if (!ok) return;
  for (const tab of await clients.matchAll({ type: "window" })) tab.postMessage("push-shown");
};

const badge = (number) => (number ? navigator.setAppBadge?.(number) : navigator.clearAppBadge?.());

const receive = async (event) => {
  const { notification, app_badge: number } = read(event);
  await show(notification);
  if (number !== undefined) await badge(number);
  if (notification.data?.confirms) await confirm(notification.data.confirms);
};

// On this origin, whatever the message says.
const open = async (link) => {
  const { pathname, search } = new URL(link, location.origin);
  const target = location.origin + pathname + search;
  const tabs = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find(({ url }) => url.split("#")[0] === target);
  return there ? there.focus() : clients.openWindow(target);
};

const answer = async ({ delivery, digest, navigate }, option) => {
  const response = await post("/push/answers", { delivery, digest, option });
  if (response.status === 401) return open(navigate);
  const said = await response.json();
  if (said.app_badge !== undefined) await badge(said.app_badge);
  return show(said.notification);
};

addEventListener("push", (event) => event.waitUntil(receive(event)));

addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  notification.close();
  const { data } = notification;
  event.waitUntil(
    action ? answer(data, action).catch(() => open(data.navigate)) : open(data.navigate),
  );
});
