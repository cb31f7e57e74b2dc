// See docs/browser.md. The block scopes the names.
{
const maxTopics = 100, maxList = 5000; // Of a connection; characters of its address.
const maxHeld = 1000; // Messages that wait, and pages of a pattern.
const deleted = { reason: 'deleted' };

// Whether the id is at or before the position.
const covers = (position = '', id) => {
	const [epoch, at = 0] = position.split('-');
	const [idEpoch, sequence = 0] = id.split('-');
	return epoch === idEpoch && +sequence <= +at;
};

// As in a query: page=home.
const topicOf = (kind, name) => `${kind}=${encodeURIComponent(name)}`;

const parse = url => {
	const { origin, pathname, searchParams: rest } = new URL(url, document.baseURI);
	const [, path, page] = /^(.*?\/)(?:pages\/([^/]+)\/)?events$/.exec(pathname) ?? [];
	const topics = page ? [['page', decodeURIComponent(page)]] : [];
	for (const kind of page ? [] : ['page', 'pattern']) {
		topics.push(...rest.getAll(kind).map(name => [kind, name]));
		rest.delete(kind);
	}
	if (!path || !topics.length) throw new TypeError(`Not a page's events: ${url}`);
	return [{ base: origin + path, rest: `${rest}` }, topics, page];
};

// The server ends lines with LF, and data has one line.
const readBlocks = async ({ body }, take) => {
	const reader = body.getReader(), decoder = new TextDecoder();
	for (let text = '', part; !(part = await reader.read()).done;) {
		const blocks = (text + decoder.decode(part.value, { stream: true })).split('\n\n');
		text = blocks.pop();
		for (const block of blocks) take(Object.fromEntries(block.split('\n').map(line => line.split(/:\s?(.*)/s, 2))));
	}
};

const connections = new Map();

// A stream of all that the tabs of this browser follow. The tab that has the lock reads it.
const connect = (place, options, pool, number = 0) => {
	const { shared = true, withCredentials = false, presence = false, token, retry = [1000, 30000] } = options;
	const key = JSON.stringify([place, number, shared, withCredentials, presence]);
	if (pool.has(key)) return pool.get(key);
	const followers = new Set(); // Of this document.
	const calls = new EventTarget();
	const life = new AbortController();
	let stay; // Aborted when the page is left.
	let channel; // To other tabs.
	let topics = {}, position; // Of the stream.
	let holds, isOpen, isFull, reading, wanted, reads = 0, failures = 0, least = 0; // In the holder.

	const get = async (resource, query, signal, list = '') => {
		const address = new URL(`${place.base}${resource}?${list}&${place.rest}`);
		query.access_token = await token?.();
		for (const name in query) if (query[name]) address.searchParams.set(name, query[name]);
		const credentials = withCredentials ? 'include' : 'same-origin';
		const response = await fetch(address, { signal, credentials, cache: 'no-store' });
		if (response.ok || response.status === 410) return response;
		throw response;
	};

	// Twice as long each time, and as long as the server asks.
	const pause = times => new Promise(resolve => {
		const end = () => resolve(calls.removeEventListener('wake', end));
		const longest = Math.max(least * 2, retry[0] * 2 ** times);
		setTimeout(end, Math.min(retry[1], longest * (1 + Math.random()) / 2));
		calls.addEventListener('wake', end);
	});

	// Ends pauses, in the holder too.
	const wake = () => {
		calls.dispatchEvent(new Event('wake'));
		if (!holds) channel?.postMessage({});
	};

	const send = message => {
		channel?.postMessage(message);
		take(message);
	};

	const want = () => send({ wants: [...followers].filter(each => each.isReady).map(each => each.topic) });

	const take = message => {
		const { wants, page, event, data, after } = message;
		if (message.isCall) want();
		else if (page || message.topics) {
			const isGap = after !== position;
			({ position, topics = topics } = message);
			const topic = topics[topicOf('page', page)];
			if (topic && event === 'presence') topic.count = data;
			for (const each of [...followers]) {
				each.take(message, isGap);
				// There are too many, or this tab was late.
				if (message.topics && each.isReady && !topics[each.topic]) message.isFull ? each.move() : want();
			}
			for (const name in message.isOpen && topics) topics[name].isNew = false;
		} else if (!holds) return;
		else if (!wants) wake();
		else if (wanted) wants.forEach(wanted.add, wanted);
		else wants.every(topic => topics[topic]) ? tell() : call();
	};

	// In the holder, asks the tabs what they follow.
	const call = () => {
		if (wanted || !holds) return;
		const asked = wanted = new Set();
		send({ isCall: true });
		setTimeout(() => {
			if (wanted !== asked) return;
			const old = Object.keys(topics);
			const list = [...new Set([...old, ...asked])].filter(topic => asked.has(topic)).slice(0, maxTopics);
			while (`${list}`.length > maxList) list.pop();
			wanted = null;
			topics = Object.fromEntries(list.map(topic => [topic, topics[topic] ?? { isNew: true }]));
			isFull = list.length < asked.size;
			`${list}` === `${old}` && reading ? tell() : read();
		}, 50);
	};

	const tell = (next = position) => {
		if (isOpen != null) send({ topics, after: position, position: next, isOpen, isFull });
	};

	// While topics change, isOpen is null: nobody needs to know.
	const read = async () => {
		reading?.abort();
		reading = isOpen = null;
		const list = Object.keys(topics);
		if (!list.length) return;
		const { signal } = reading = new AbortController();
		const count = ++reads;
		const error = await get('events', { lastEventId: position, presence }, signal, list.join('&'))
			.then(response => readBlocks(response, block => signal.aborted || receive(block)))
			.catch(error => error);
		if (signal.aborted) return;
		reading = null;
		isOpen = false;
		// Then each page is tried by itself.
		const isRefused = [400, 401, 403, 404, 405].includes(error?.status);
		if (isRefused) return send({ topics: {}, refused: list, after: position, position });
		tell();
		await pause(failures++);
		if (count === reads) call();
	};

	const receive = ({ id, event = 'message', data, retry }) => {
		if (retry) least = +retry;
		if (!data && !id) return;
		if (!data || !isOpen) {
			isOpen = true;
			failures = 0;
			tell(data ? position : id);
		}
		if (data) send({ ...JSON.parse(data), event, after: position, position: id ?? position });
	};

	const join = () => {
		const { signal } = stay = new AbortController();
		const hold = () => signal.aborted || new Promise(release => {
			signal.onabort = release;
			holds = true;
			call();
		});
		if (shared && navigator.locks) {
			channel = new BroadcastChannel(key);
			channel.onmessage = ({ data }) => take(data);
			navigator.locks.request(key, { signal }, hold).catch(() => {
				if (signal.aborted) return;
				channel = channel.close(); // Denied in sandboxed frames.
				hold();
			});
		} else hold();
		for (const each of followers) each.join();
		wake();
	};

	const leave = () => {
		for (const each of followers) each.leave();
		stay.abort();
		reading?.abort();
		channel?.close();
		channel = holds = reading = wanted = isOpen = null;
	};

	const add = follower => followers.add(follower) && follower.join();

	const remove = follower => {
		follower.leave();
		followers.delete(follower);
		if (followers.size) return;
		leave();
		life.abort();
		pool.delete(key);
	};

	// In the back/forward cache nothing is held.
	const turn = ({ type, persisted }) => {
		if (type === 'pagehide') leave();
		else if (persisted) join();
		else if (!document.hidden) wake();
	};

	for (const type of ['pagehide', 'pageshow', 'online', 'visibilitychange']) addEventListener(type, turn, life);
	join();
	const self = { add, remove, want, pause, get, next: () => connect(place, options, pool, number + 1) };
	pool.set(key, self);
	return self;
};

// Follows a page, or a pattern. The pages of a pattern are known once they have an update.
const follow = (live, connection, kind, name) => {
	const { snapshot, from, since, lastEventId } = live.options;
	const isPage = kind === 'page';
	const positions = new Map(); // Of each page; dispatched up to here.
	let waiting; // Messages, while history is read.
	let isBehind; // It must be read once the stream is open.
	let task; // Aborted when the next begins.
	let isReset, counted, refusals = 0;

	const fits = page => isPage ? page === name : page.startsWith(name.split('*')[0]) && !live.has(topicOf('page', page));

	const show = () => {
		const away = self.state === 'connecting' ? self.state : 'behind';
		self.state = isReset ? 'reset' : self.isOpen && !isBehind && !waiting ? 'live' : away;
		live.show();
	};

	const hold = (id, page = name) => {
		positions.set(page, id);
		if (positions.size > maxHeld) positions.delete(positions.keys().next().value);
	};

	const deliver = (type, detail, id, page = name) => {
		hold(id, page);
		isReset = isPage && type === 'reset';
		live.dispatch(type, detail, page);
	};

	const update = ({ id, event, data, page }) => {
		const position = id ?? positions.get(page);
		if (live.names.includes(event)) deliver('update', { id, event, data }, position, page);
		else hold(position, page);
	};

	const end = (detail, id, page) => live.isAlone ? live.end(detail) : deliver('end', detail, id, page);
	const reset = (detail, page) => deliver('reset', detail, snapshot && isPage ? null : detail.from, page);

	const get = (resource, query = {}) => connection.get(`pages/${encodeURIComponent(name)}${resource}`, query, task.signal);
	const getJson = async (...given) => (await get(...given)).json();

	// A page that may not be read does not get into the stream.
	const prepare = async () => {
		const { head, ended } = isPage ? await getJson('') : {};
		if (ended && live.isAlone) return live.end(deleted);
		if (!isPage || snapshot || positions.has(name)) return;
		const { body, headers, status } = from || since ? await get('/events', { from, since }) : {};
		body?.cancel();
		const start = headers?.get('Last-Event-ID');
		if (status === 200 && !start) throw headers; // A proxy's answer.
		hold(start ?? head);
	};

	const read = async (after = positions.get(name)) => {
		if (!isPage) return;
		if (!after) {
			const now = await getJson('/posts');
			return deliver('snapshot', now, now.id);
		}
		const { updates = [], next, reset: lost } = await getJson('/updates', { after, limit: 1000 });
		if (lost) (await getJson('')).ended ? end(deleted, lost.from) : reset(lost);
		for (const { id, event, data } of updates) {
			if (covers(positions.get(name), id)) continue;
			update({ id, event: event ?? 'message', data: data.replace(/\r\n?/g, '\n') });
		}
		if (lost || next) await read(next);
	};

	// Whether it was done, and not replaced by another task.
	const attempt = async (work, times = 0) => {
		task?.abort();
		const { signal } = task = new AbortController();
		for (; ; times++) {
			if (times) await connection.pause(times);
			if (signal.aborted) return;
			if (await work().then(() => true, () => false)) return !signal.aborted;
		}
	};

	const join = async times => {
		isBehind = true;
		self.isReady = false;
		self.isReady = await attempt(prepare, times);
		if (self.isReady) connection.want();
	};

	const fill = async () => {
		waiting = [];
		isBehind = false;
		show();
		if (!await attempt(read)) return;
		const messages = waiting;
		waiting = null;
		messages.forEach(each => take(each));
		show();
	};

	const count = (data, page) => live.dispatch('presence', JSON.parse(counted = data), page);

	const learn = ({ topics, isOpen, refused }) => {
		const known = topics[self.topic];
		if (known) {
			self.isOpen = isOpen;
			if (isOpen) refusals = 0;
			isBehind ||= known.isNew;
			if (known.count && known.count !== counted) count(known.count, name);
		} else if (refused?.includes(self.topic)) {
			self.isOpen = false;
			join(++refusals);
		}
		show();
	};

	const take = (message, isGap) => {
		const { page, event, data, id } = message;
		isBehind ||= isGap;
		if (!page) learn(message);
		if (isBehind && self.isOpen && self.isReady) fill();
		if (!page || isBehind || !fits(page)) return;
		if (event === 'presence' && !id) count(data, page);
		else if (waiting) {
			waiting.push(message);
			if (waiting.length > maxHeld) fill(); // Read from history instead.
		} else if (!id || !covers(positions.get(page), id)) {
			if (event === 'end') end(JSON.parse(data), id, page);
			else if (event === 'reset') reset(JSON.parse(data), page);
			else update(message);
			if (isReset && snapshot) fill();
			show();
		}
	};

	const leave = () => task?.abort();
	const close = () => connection.remove(self);

	const move = () => {
		close();
		connection = connection.next();
		connection.add(self);
	};

	const self = { state: 'connecting', topic: topicOf(kind, name), join, leave, take, close, move };
	const held = typeof lastEventId === 'object' ? new Map(Object.entries(lastEventId ?? {})).get(name) : lastEventId;
	if (held) hold(held);
	connection.add(self);
	return self;
};

class LiveStream extends EventTarget {
	state = 'connecting';

	constructor(urls, options = {}) {
		super();
		const places = [urls].flat().map(parse);
		const followers = new Map();
		let isClosed;
		const live = {
			options,
			isAlone: !Array.isArray(urls) && places[0][2],
			names: ['message', ...options.events ?? []],
			has: topic => followers.has(topic),
			dispatch: (type, detail, page) => {
				if (page && !live.isAlone) detail = { page, ...detail };
				if (!isClosed) this.dispatchEvent(new CustomEvent(type, { detail }));
			},
			show: state => {
				const states = [...followers.values()].map(each => each.state);
				state ??= ['connecting', 'behind', 'reset'].find(each => states.includes(each)) ?? 'live';
				if (state !== this.state && !isClosed) live.dispatch('state', { state: this.state = state });
			},
			end: detail => {
				live.dispatch('end', detail);
				live.show('ended');
				this.close();
			},
		};
		this.close = () => {
			isClosed = true;
			for (const each of followers.values()) each.close();
		};
		// A token may grant no other pages, and too wide a pattern is refused with all that is asked for with it.
		const pool = options.token ? new Map() : connections;
		for (const [place, topics] of places) {
			if (options.token || topics.some(([kind]) => kind === 'pattern')) place.only = `${urls}`;
			const connection = connect(place, options, pool);
			for (const [kind, name] of topics) {
				if (!live.has(topicOf(kind, name))) followers.set(topicOf(kind, name), follow(live, connection, kind, name));
			}
		}
	}
}

// DOMParser's documents run and load nothing.
const textOf = html => {
	const { body } = new DOMParser().parseFromString(html, 'text/html');
	for (const code of body.querySelectorAll('script,style')) code.remove();
	for (const block of body.querySelectorAll('br,p,div,li,tr,h1,h2,h3')) block.after('\n');
	return body.textContent.trim();
};

// Null if the data is not nothing but changes of posts.
const changesIn = data => {
	try {
		const { renders = {}, removals = [], ...others } = JSON.parse(data);
		const arePosts = Object.values(renders).every(({ show, content }) => typeof show + typeof content === 'booleanstring')
			&& removals.every(id => typeof id === 'string');
		return arePosts && !Object.keys(others).length ? { renders, removals } : null;
	} catch {
		return null;
	}
};

const boxOf = element => element.getBoundingClientRect();

class LivePosts {
	constructor(list, { html, live } = {}) {
		Object.assign(this, { list, html, live });
		list.ariaLive ??= 'polite';
	}

	follow(stream) {
		stream.addEventListener('snapshot', ({ detail }) => this.replace(detail.posts));
		stream.addEventListener('update', ({ detail: { id, event, data } }) => {
			// The server's posts change by kept updates only.
			const changes = event === 'message' && (id || this.live) && changesIn(data);
			if (changes) this.apply(changes);
		});
		return this;
	}

	apply({ renders, removals }) {
		this.#change(Object.entries(renders ?? {}), removals);
	}

	replace(posts) {
		this.#change(posts.map(post => [post.id, post]).reverse(), null, true);
	}

	#change(renders, removals, isWhole) {
		const items = new Map();
		for (const item of this.list.children) {
			const post = 'postId' in item.dataset ? item : item.querySelector('[data-post-id]');
			if (post) items.set(post.dataset.postId, item);
		}
		const keepPlace = this.#place(items);
		if (isWhole) items.forEach(item => item.remove());
		for (const [id, { show, content }] of renders) {
			const item = document.createElement(/^[OU]L$/.test(this.list.tagName) ? 'li' : 'div');
			item.className = 'live-post-wrapper';
			item.dataset.postId = id;
			item.style.display = show ? '' : 'none';
			if (this.html) item.innerHTML = content;
			else item.textContent = textOf(content);
			const old = items.get(id);
			old?.isConnected ? old.replaceWith(item) : this.list.prepend(item);
			items.set(id, item);
		}
		for (const id of removals ?? []) items.get(id)?.remove();
		keepPlace?.();
	}

	// Keeps what is read in place.
	#place(items) {
		let scroller = this.list;
		while (scroller && !scroller.scrollTop) scroller = scroller.parentElement;
		if (!scroller) return;
		const edge = Math.max(0, boxOf(scroller).top);
		const [id, item] = [...items].find(([, item]) => boxOf(item).bottom > edge) ?? [];
		if (!item || boxOf(this.list).top >= edge) return;
		const { top } = boxOf(item);
		return () => items.get(id).isConnected && (scroller.scrollTop += boxOf(items.get(id)).top - top);
	}
}

class LivePage extends HTMLElement {
	connectedCallback() {
		const { src, html, presence, 'no-snapshot': live, 'last-event-id': position } = this.attributes;
		this.stream = new LiveStream(src.value, { snapshot: !live, lastEventId: position?.value, presence: !!presence });
		this.stream.addEventListener('state', () => this.#show());
		this.stream.addEventListener('presence', ({ detail }) => this.setAttribute('subscribers', detail.subscribers));
		this.#show();
		new LivePosts(this, { html }).follow(this.stream);
	}

	disconnectedCallback() { this.stream.close(); }
	#show() { this.setAttribute('state', this.stream.state); }
}

window.LiveStreams = { LiveStream, LivePosts, LivePage };
if (!customElements.get('live-page')) customElements.define('live-page', LivePage);
}
