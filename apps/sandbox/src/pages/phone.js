// The customer's phone: shows the thread and sends what the form says, all by the control API.
(() => {
  const $ = (id) => document.getElementById(id);
  const thread = $('thread');
  let after = 0;
  let shown = 0;
  let replyTo = null;
  const bubbles = new Map();
  const read = new Set();

  const api = async (path, body) => {
    const options = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch('/_sandbox/' + path, options || {});
    const json = await answer.json();
    if (!answer.ok) throw new Error(json.error || answer.statusText);
    return json;
  };
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const say = (text, bad) => {
    $('notice').textContent = text;
    $('notice').className = bad ? 'bad' : '';
  };

  // What a template or an interactive message of the business says.
  const offered = (content) => {
    const action = content.action || {};
    const choices = [
      ...(action.buttons || []).map((button) => '[ ' + button.reply.title + ' ]'),
      ...(action.sections || []).flatMap((section) => (section.rows || []).map((row) => '• ' + row.title)),
      ...(action.parameters && action.parameters.display_text ? ['[ ' + action.parameters.display_text + ' ]'] : []),
    ];
    const parts = [content.header && content.header.text, content.body && content.body.text, content.footer && content.footer.text, ...choices];
    return parts.filter(Boolean).join('\n') || content.type;
  };
  const filled = (template) => {
    const texts = (template.components || []).flatMap((component) => (component.parameters || []).map((parameter) => parameter.text)).filter(Boolean);
    return [template.name + ' (' + template.language.code + ')', ...texts].join('\n');
  };

  // What a message says, in a line.
  const words = (message) => {
    const content = message[message.type] || {};
    if (message.type === 'interactive' && content.action) return offered(content);
    const reply = message.type === 'interactive' ? content[content.type] : null;
    if (reply) return reply.title || reply.response_json || reply.response || content.type;
    switch (message.type) {
      case 'text': return content.body;
      case 'location': return [content.name, content.address, content.latitude + ', ' + content.longitude].filter(Boolean).join('\n');
      case 'contacts': return content.map((card) => card.name.formatted_name).join(', ');
      case 'reaction': return content.emoji ? content.emoji : 'took the reaction back';
      case 'button': return content.text;
      case 'template': return filled(content);
      case 'order': return content.product_items.map((item) => item.quantity + ' × ' + item.product_retailer_id).join('\n') + (content.text ? '\n' + content.text : '');
      case 'system': return content.body;
      case 'edit': return content.message && content.message.text ? content.message.text.body : '';
      default: return content.caption || content.filename || '';
    }
  };
  const media = (message) => {
    const content = message[message.type];
    const names = { image: 'img', sticker: 'img', video: 'video', audio: 'audio', document: 'a' };
    const name = names[message.type];
    if (!name || !content || !(content.id || content.link)) return null;
    const address = content.id ? '/_sandbox/media/' + content.id : content.link;
    const made = element(name, '', name === 'a' ? content.filename || 'Document' : '');
    if (name === 'a') made.href = address;
    else made.src = address;
    if (name === 'img') made.alt = message.type;
    else if (name !== 'a') made.controls = true;
    return made;
  };
  const bubble = (event) => {
    const message = event.message;
    const mine = event.event === 'received';
    const made = element('article', 'bubble' + (mine ? ' mine' : ''));
    if (message.type !== 'text') made.append(element('span', 'kind', message.type.replaceAll('_', ' ')));
    const quoted = message.context && bubbles.get(message.context.id);
    if (quoted) made.append(element('span', 'quote', quoted.text));
    const file = media(message);
    if (file) made.append(file);
    const text = words(message) || '';
    if (!(file && message.type === 'document' && text === file.textContent)) made.append(element('span', '', text));
    const footer = element('footer');
    const reply = element('button', '', 'Reply');
    reply.type = 'button';
    reply.onclick = () => answer(message.id, text || message.type);
    const time = new Date(Number(message.timestamp) * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const tick = element('span', 'tick');
    footer.append(reply, element('time', '', time), tick);
    made.append(footer);
    bubbles.set(message.id, { text: text || message.type, tick, mine, order: shown++ });
    thread.append(made);
  };
  const ticks = () => {
    for (const [id, each] of bubbles) {
      if (!each.mine) continue;
      const isRead = read.has(id);
      each.tick.textContent = isRead ? '✓✓' : '✓';
      each.tick.className = isRead ? 'tick read' : 'tick';
      each.tick.title = isRead ? 'Read' : 'Sent';
    }
  };
  const take = (event) => {
    if (event.event === 'received' || event.event === 'sent') bubble(event);
    if (event.event === 'read') {
      // A read mark is of all that came before as well.
      const last = bubbles.get(event.id);
      for (const [id, each] of bubbles) if (last && each.order <= last.order) read.add(id);
    }
    if (event.event === 'typing') say('The business is typing…');
    after = event.sequence;
  };
  let turn = 0;
  const refresh = async () => {
    const mine = ++turn;
    const { data } = await api('phones/' + $('customer').value + '/thread?with=' + $('number').value + '&after=' + after);
    if (mine !== turn || !data.length) return;
    const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
    thread.querySelector('.empty')?.remove();
    data.forEach(take);
    ticks();
    if (atEnd) thread.scrollTop = thread.scrollHeight;
  };
  const open = async () => {
    turn++;
    after = 0;
    bubbles.clear();
    read.clear();
    thread.replaceChildren(element('p', 'empty', 'Nothing written yet.'));
    answer(null);
    const ends = new URLSearchParams({ customer: $('customer').value, number: $('number').value });
    history.replaceState(null, '', '?' + ends);
    const person = await api('phones/' + $('customer').value);
    $('other').value = '';
    $('name').value = person.name;
    $('username').value = person.username || '';
    $('identity').value = person.identity;
    await refresh();
    thread.scrollTop = thread.scrollHeight;
  };
  const answer = (id, text) => {
    replyTo = id;
    $('reply').hidden = !id;
    $('reply').firstElementChild.textContent = text || '';
  };

  const base64 = (file) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(',')[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  // The order that the visible inputs make; what is empty is left out.
  const order = async () => {
    const type = $('type').value;
    const made = { to: $('number').value, type };
    for (const input of document.querySelectorAll('[data-type="' + type + '"] [data-path]')) {
      const path = input.dataset.path.split('.');
      if (input.type === 'file') {
        const file = input.files[0];
        if (file) made[path[0]] = { ...made[path[0]], bytes: await base64(file), mime_type: file.type || 'application/octet-stream', ...(type === 'document' && { filename: file.name }) };
        continue;
      }
      if (input.value === '' && !input.dataset.path.endsWith('emoji')) continue;
      let place = made;
      for (const name of path.slice(0, -1)) place = place[name] ??= {};
      place[path.at(-1)] = input.type === 'number' ? Number(input.value) : input.value;
    }
    if (type === 'edit') made.edit.message.type = 'text';
    if (replyTo) made.replyTo = replyTo;
    if ($('referral').checked) made.referral = true;
    if ($('group').value) made.groupId = $('group').value;
    if (Number($('count').value) > 1) made.count = Number($('count').value);
    return made;
  };
  const silences = { no_subscribed_app: 'No app is subscribed to this account: nobody hears of it.', field_not_subscribed: 'No app subscribes to this field: nobody hears of it.' };

  $('composer').onsubmit = async (event) => {
    event.preventDefault();
    try {
      const made = await order();
      if (made.type === 'text' && !made.text) return;
      const sent = await api('phones/' + $('customer').value + '/messages', made);
      const where = sent.held ? 'Held until it is flushed.' : '';
      say(sent.silence ? silences[sent.silence] : where, Boolean(sent.silence));
      for (const input of document.querySelectorAll('textarea, input[type=file]')) input.value = '';
      $('count').value = 1;
      answer(null);
      await refresh();
      thread.scrollTop = thread.scrollHeight;
    } catch (error) {
      say(error.message, true);
    }
  };
  $('composer').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && event.target.tagName === 'TEXTAREA') {
      event.preventDefault();
      $('composer').requestSubmit();
    }
  });
  $('type').onchange = () => {
    for (const group of document.querySelectorAll('[data-type]')) group.hidden = group.dataset.type !== $('type').value;
  };
  $('reply').lastElementChild.onclick = () => answer(null);
  $('customer').onchange = open;
  $('number').onchange = open;
  $('person').onsubmit = async (event) => {
    event.preventDefault();
    try {
      const other = $('other').value.replace(/[^0-9]/g, '');
      const number = other || $('customer').value;
      const before = await api('phones/' + number);
      const name = other ? before.name : $('name').value || null;
      await api('phones/' + number, { name, username: $('username').value || null, identity: $('identity').value, hasParentId: before.hasParentId, generation: before.generation });
      location.search = new URLSearchParams({ customer: number, number: $('number').value });
    } catch (error) {
      say(error.message, true);
    }
  };
  $('type').onchange();
  open().catch((error) => say(error.message, true));
  setInterval(() => refresh().catch(() => {}), 1000);
})();
