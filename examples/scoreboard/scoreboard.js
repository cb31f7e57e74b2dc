import { LiveStream } from 'http://localhost:8080/livestreams.mjs';

const scores = document.querySelector('#scores');

// A new visitor receives all kept events, so the table shows the newest score of each match. After that it shows each score as it is published.
const stream = new LiveStream('http://localhost:8080/pages/scores/events', { from: 'earliest', events: ['score', 'over'] });

const rowOf = match => {
  const known = [...scores.rows].find(row => row.dataset.match === match);
  if (known) return known;
  const row = scores.insertRow();
  row.dataset.match = match;
  for (const name of ['home', 'goals', 'away']) row.insertCell().className = name;
  return row;
};

const show = {
  score({ match, home, away, goals }) {
    const { cells } = rowOf(match);
    cells[0].textContent = home;
    cells[1].textContent = goals.join(' : ');
    cells[2].textContent = away;
  },
  over({ match }) {
    rowOf(match).className = 'over';
  },
};

stream.addEventListener('update', ({ detail: { event, data } }) => show[event]?.(JSON.parse(data)));
stream.addEventListener('state', ({ detail: { state } }) => document.querySelector('#state').textContent = state);
