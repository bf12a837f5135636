// nodemailer's pool, for sending.py: node _peers.js NODEMAILER PORT COUNT FOLDER, as _peers.py does it.
const [nodemailer, port, count, folder] = process.argv.slice(2);
const fs = require("fs");
const text = fs.readFileSync(folder + "/text", "utf8");
const html = fs.readFileSync(folder + "/html", "utf8");
const pool = require(nodemailer).createTransport({
  host: "127.0.0.1", port: +port, secure: false, ignoreTLS: true,
  pool: true, maxConnections: 10, maxMessages: Infinity,
});
let next = 0;

async function work() {
  while (next < +count) {
    const number = next++;
    const to = `reader${number}@example.net`;
    const fill = part =>
      part.replaceAll("LINK", `https://read.harbour.example/u/${number}`).replaceAll("ADDRESS", to);
    await pool.sendMail({
      from: "The Harbour Brief <brief@harbour.example>", to,
      subject: "Four navies share a picture", text: fill(text), html: fill(html),
    });
  }
}

Promise.all(Array.from({ length: 20 }, work)).then(() => pool.close());
