// Plays a scenario when its button is pressed, and says what came of it.
(() => {
  const say = (name, text) => { document.getElementById('outcome-' + name).textContent = text; };
  const play = async (button) => {
    const name = button.value;
    button.disabled = true;
    say(name, 'Playing…');
    try {
      const answer = await fetch('/_sandbox/scenarios/' + name + '/play', { method: 'POST' });
      const json = await answer.json();
      say(name, answer.ok ? (json.steps.length === 1 ? '1 step' : json.steps.length + ' steps') + ' played' : json.error);
    } catch (error) {
      say(name, 'The sandbox does not answer');
    } finally {
      button.disabled = false;
    }
  };
  for (const button of document.querySelectorAll('button[data-scenario]')) {
    button.addEventListener('click', () => play(button));
  }
})();
