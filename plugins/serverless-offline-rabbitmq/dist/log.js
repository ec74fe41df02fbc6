/** The message of whatever was thrown, on one line. */
export function messageOf(error) {
    const { message, name } = (typeof error === 'object' && error !== null ? error : {});
    return (message || name || String(error)).replaceAll(/\s+/g, ' ');
}
