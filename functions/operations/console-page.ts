const field = (label: string, input: string) => `<label><span>${label}</span>${input}</label>`

const tile = (id: string, label: string, note = '') =>
  `<div class="tile"><dt>${label}</dt><dd id="${id}">–</dd>${note}</div>`

const table = (
  id: string,
  caption: string,
  columns: string[],
) => `<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
          <table>
            <caption class="unseen">${caption}</caption>
            <thead><tr>${columns.map((column) => `<th scope="col">${column}</th>`).join('')}</tr></thead>
            <tbody id="${id}"></tbody>
          </table>
        </div>`

const rush = `<section class="card rush" aria-labelledby="rush-title">
        <h2 id="rush-title">Run a rush</h2>
        <p>Puts a product on sale and sends more orders than it has pieces, from this browser. It sells out to the piece, never below.</p>
        <form id="rush">
          ${field('Pieces', '<input name="stock" type="number" min="1" max="10000" value="100" required>')}
          ${field('Orders', '<input name="wanted" type="number" min="1" max="10000" value="400" required>')}
          <button id="rush-start" class="main">Run a rush</button>
        </form>
        <div id="rush-outcome" hidden>
          <div class="bar"><span id="rush-sent" class="level"></span></div>
          <p id="rush-phase" role="status"></p>
          <dl class="figures">
            <div><dt>accepted</dt><dd id="rush-accepted">…</dd></div>
            <div class="good"><dt>confirmed</dt><dd id="rush-confirmed">…</dd></div>
            <div><dt>refused or rejected</dt><dd id="rush-refused">…</dd></div>
            <div class="good"><dt>oversold</dt><dd id="rush-oversold">…</dd></div>
            <div><dt>first order to last settled</dt><dd id="rush-time">…</dd></div>
          </dl>
        </div>
      </section>`

const dialogs = `<dialog id="key-dialog" aria-labelledby="key-title">
      <form method="dialog">
        <h2 id="key-title">The admin key</h2>
        <p id="key-why"></p>
        ${field('Admin key', '<input name="key" type="password" autocomplete="off" required>')}
        <p class="buttons"><button type="button" class="leave">Cancel</button><button value="ok" class="main">Use this key</button></p>
      </form>
    </dialog>
    <dialog id="confirm-dialog" aria-labelledby="confirm-question">
      <form method="dialog">
        <h2 id="confirm-question"></h2>
        <p class="buttons"><button type="button" class="leave">Leave it</button><button value="ok" class="main" id="confirm-yes"></button></p>
      </form>
    </dialog>
    <dialog id="product-dialog" aria-labelledby="product-title">
      <header><h2 id="product-title"></h2><button type="button" class="leave">Close</button></header>
      <p id="product-facts"></p>
      <form id="adjust" hidden>
        ${field('Change', '<input name="change" type="number" min="-1000000000" max="1000000000" required>')}
        ${field('Reason', '<input name="reason" maxlength="255" required>')}
        <button class="main">Adjust the stock</button>
      </form>
      <h3>Its newest orders</h3>
      ${table('product-orders', 'The newest orders of this product', ['Order', 'Pieces', 'Status', 'At'])}
      <div id="ledger" hidden>
        <h3>Its ledger</h3>
        ${table('product-ledger', 'What has changed the stock of this product', ['Change', 'Kind', 'Why', 'At'])}
      </div>
    </dialog>
    <dialog id="letters-dialog" aria-labelledby="letters-title">
      <header><h2 id="letters-title">Dead letters</h2><button type="button" class="leave">Close</button></header>
      <p>Messages that no consumer could handle.</p>
      <p id="letters-note" role="status"></p>
      <ol id="letters"></ol>
    </dialog>`

/** The page at `/console`. What it shows, its scripts ask for. */
export const consolePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Stockroom: the console</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/console/uplot.css">
    <link rel="stylesheet" href="/console/console.css">
    <script src="/console/uplot.js" defer></script>
    <script src="/console/main.js" type="module"></script>
  </head>
  <body>
    <header class="top">
      <h1>Stockroom</h1>
      <span id="health" class="badge" role="status">…</span>
      <ul id="services" aria-label="Services"></ul>
      <button id="unlock" type="button" hidden>Enter the admin key</button>
      <nav><a href="/docs">API</a></nav>
    </header>
    <p id="warnings" class="warning" role="status"></p>
    <main>
      ${rush}
      <section class="card now" aria-labelledby="now-title">
        <h2 id="now-title">Now</h2>
        <dl class="tiles">
          ${tile('accepted', 'accepted a second')}
          ${tile('confirmed', 'confirmed a second')}
          ${tile('rejected', 'rejected a second')}
          ${tile('pending', 'pending', '<dd id="oldest" class="note"></dd>')}
          ${tile('p50', 'settled within, p50')}
          ${tile('p95', 'settled within, p95')}
        </dl>
      </section>
      <section class="card" aria-labelledby="pace-title">
        <h2 id="pace-title">Orders a second <small>the last five minutes</small></h2>
        <div id="pace-chart" class="chart" role="img"></div>
      </section>
      <section class="card" aria-labelledby="settling-title">
        <h2 id="settling-title">Time until settled <small>the last five minutes</small></h2>
        <div id="settling-chart" class="chart" role="img"></div>
      </section>
      <section class="card" aria-labelledby="products-title">
        <h2 id="products-title">Products <small>ordered last</small></h2>
        <ul id="products"></ul>
        <p id="products-note" class="note"></p>
        <details>
          <summary>Create a product</summary>
          <form id="create">
            ${field('Name', '<input name="name" maxlength="255" required>')}
            ${field('Price', '<input name="price" type="number" min="0" max="999999999.99" step="0.01" required>')}
            ${field('Pieces', '<input name="qty" type="number" min="0" max="1000000000" required>')}
            <button class="main">Create</button>
          </form>
        </details>
      </section>
      <section class="card orders" aria-labelledby="orders-title">
        <h2 id="orders-title">Orders <small>newest first</small></h2>
        <form id="find" role="search">
          ${field('Order or request id', '<input name="text" type="search" maxlength="128">')}
          <button>Find</button>
        </form>
        <p id="orders-note" class="note" role="status"></p>
        ${table('orders', 'The newest orders', ['Order', 'Product', 'Pieces', 'Total', 'Status', 'At', 'Request', '<span class="unseen">Actions</span>'])}
      </section>
      <section class="card" aria-labelledby="queues-title">
        <h2 id="queues-title">Queues</h2>
        ${table('queues', 'Queues', ['Queue', 'Ready', 'Consumers', 'Dead letters'])}
        <p id="queues-note" class="note"></p>
      </section>
      <section class="card" aria-labelledby="outboxes-title">
        <h2 id="outboxes-title">Outboxes</h2>
        ${table('outboxes', 'Outboxes', ['Domain', 'Events', 'Age'])}
      </section>
    </main>
    ${dialogs}
    <div id="toast" role="status" popover="manual"></div>
  </body>
</html>
`

/** Everything from the shop itself, and nothing written into the page. */
export const consoleHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
