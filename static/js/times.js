// Relative times stay true while a page is open; exact ones are in the viewer's time zone.
(() => {
  "use strict";

  const UNITS = [["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const MONTH_S = 30 * 86400;
  const page = document.documentElement.lang;
  const language = page === "en" ? "en-GB" : page; // days before months, as the desk writes them
  const full = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const short = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const dayOnly = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
  const dayAndYear = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  const past = new Intl.RelativeTimeFormat(language, { numeric: "always" });

  const words = (style, seconds) => {
    const unit = UNITS.find(([, size]) => seconds >= size);
    if (!unit || seconds >= MONTH_S) return null;
    const number = Math.floor(seconds / unit[1]);
    if (style === "ago") return past.format(-number, unit[0]);
    const options = { style: "unit", unit: unit[0], unitDisplay: "long" };
    return new Intl.NumberFormat(language, options).format(number);
  };

  const isThisYear = (moment) => moment.getFullYear() === new Date().getFullYear();
  const isToday = (moment) => moment.toDateString() === new Date().toDateString();

  const refresh = () => {
    for (const element of document.querySelectorAll("time[data-time]")) {
      const { ahead } = element.dataset; // so many seconds from now, whenever now is
      if (ahead) element.dateTime = new Date(Date.now() + ahead * 1000).toISOString();
      const moment = new Date(element.dateTime);
      const style = element.dataset.time;
      const text = style === "exact" ? short.format(moment)
        : style === "clock" ? (isToday(moment) ? time : short).format(moment)
        : style === "full-date" ? dayAndYear.format(moment)
        : style === "date" ? (isThisYear(moment) ? dayOnly : dayAndYear).format(moment)
        : words(style, (Date.now() - moment) / 1000);
      element.title = full.format(moment);
      if (text && text !== element.textContent) element.textContent = text;
    }
  };

  refresh();
  setInterval(refresh, 15000);
  document.addEventListener("htmx:afterSwap", refresh);
  document.addEventListener("htmx:sseMessage", refresh);
})();
