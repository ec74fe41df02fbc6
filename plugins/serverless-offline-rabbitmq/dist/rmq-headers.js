const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Converts a table of headers as amqplib decodes it. */
export function headerTable(table) {
    return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, headerValue(value)]));
}
function headerValue(value) {
    if (typeof value === 'string')
        return { bytes: textBytes(value) };
    if (typeof value === 'number' || typeof value === 'boolean')
        return value;
    if (value === null || value === undefined)
        return null;
    if (Buffer.isBuffer(value))
        return signedBytes(value);
    if (Array.isArray(value))
        return value.map(headerValue);
    if (isTagged(value))
        return taggedValue(value);
    return headerTable(value);
}
/** amqplib marks the types that JavaScript lacks: `{'!': 'timestamp', value: 2021}`. */
function isTagged(value) {
    return '!' in value && 'value' in value;
}
function taggedValue({ '!': type, value }) {
    if (type === 'timestamp')
        return displayTime(value);
    if (type !== 'decimal')
        return headerValue(value);
    const { places, digits } = value;
    return Number(`${digits}e-${places}`);
}
/** The bytes of a text in UTF-8. Most headers are ASCII, whose bytes are the characters: no buffer is needed for them. */
function textBytes(text) {
    const bytes = [];
    for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code > 127)
            return signedBytes(Buffer.from(text));
        bytes.push(code);
    }
    return bytes;
}
function signedBytes(buffer) {
    const bytes = [];
    for (const byte of buffer)
        bytes.push(byte < 128 ? byte : byte - 256);
    return bytes;
}
/**
 * Shows seconds since the epoch as `MMM d, yyyy, h:mm:ss a` in UTC.
 *
 * By hand, because the ICU that Node carries decides about the space before AM and PM.
 */
export function displayTime(epochSeconds) {
    const time = new Date(epochSeconds * 1000);
    const hours = time.getUTCHours();
    const date = `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;
    const clock = [hours % 12 || 12, twoDigits(time.getUTCMinutes()), twoDigits(time.getUTCSeconds())].join(':');
    return `${date}, ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
function twoDigits(value) {
    return String(value).padStart(2, '0');
}
