import { LiveStream } from 'http://localhost:8080/livestreams.mjs';

// Each match is a page of its own: match-1 to match-40. All of them, in all tabs, come on one connection.
const matches = Array.from({ length: 40 }, (_, n) => `match-${n + 1}`);
const stream = new LiveStream(matches.map(match => `http://localhost:8080/pages/${match}/events`), {
  from: -2, // The newest score, also if the match is over.
  events: ['score', 'over'],
  presence: true,
});

const rows = new Map(matches.map(match => {
  const row = document.querySelector('#scores').insertRow();
  for (const name of ['home', 'goals', 'away', 'watching']) row.insertCell().className = name;
  row.hidden = true;
  return [match, row];
}));

const show = {
  score(row, { home, away, goals }) {
    row.hidden = false;
    row.cells[0].textContent = home;
    row.cells[1].textContent = goals.join(' : ');
    row.cells[2].textContent = away;
  },
  over(row) {
    row.className = 'over';
  },
};

stream.addEventListener('update', ({ detail: { page, event, data } }) => show[event]?.(rows.get(page), JSON.parse(data)));
stream.addEventListener('presence', ({ detail: { page, subscribers } }) => {
  rows.get(page).cells[3].textContent = `${subscribers} watching`;
});
stream.addEventListener('state', ({ detail: { state } }) => document.querySelector('#state').textContent = state);
