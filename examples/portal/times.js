// Dates and moments as the guides print them.

// Asia/Almaty is five hours ahead of UTC since 1 March 2024, without summer time. It is written out here because
// browsers whose tables are older still say six.
const ALMATY_OFFSET_S = 5 * 3600;

/** Seconds since 1970-01-01 UTC as `dd.MM.yyyy (HH:mm:ss)` in Almaty. */
export function moment(seconds) {
  const [day, time] = new Date((seconds + ALMATY_OFFSET_S) * 1000).toISOString().split("T");
  return `${date(day)} (${time.slice(0, 8)})`;
}

/** `yyyy-MM-dd` as `dd.MM.yyyy`; what is no date stays as it is. */
export function date(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return found ? `${found[3]}.${found[2]}.${found[1]}` : text;
}
