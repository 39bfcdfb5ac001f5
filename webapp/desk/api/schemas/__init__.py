"""The schemas of the JSON API: requests, responses, and the parts they share."""
