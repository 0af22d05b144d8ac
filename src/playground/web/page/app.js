/** The page: puts its parts together and shows what the playground tells. */
import { setUpComposer } from './composer.js';
import { byId } from './dom.js';
import { setUpGuide, showGuide } from './guide.js';
import { setUpPersonas, showBot, showTroubles } from './header.js';
import { connect, onTold, tell } from './live.js';
import { setUpMessages } from './message-list.js';
import { setUpModal } from './modal.js';
import { setUpPanes } from './panes.js';
import { cardText, showScreen } from './screen.js';
import { resetTerminal, setUpTerminal, writeTerminal } from './terminal.js';
import { keepTimes } from './times.js';
import { showTree } from './trees.js';

let persona = 'owner';
const story = { hasMoved: false, isBack: false, cards: '' };

// The key is in a cookie now; nobody has to see it.
history.replaceState(null, '', location.pathname);
setUpPanes();
setUpMessages();
setUpComposer();
setUpModal();
setUpGuide();
setUpTerminal();
keepTimes();

onTold('hello', ({ personas, troubles, hasComputer, terminal, bot }) => {
  setUpPersonas(personas, persona, become);
  showTroubles(troubles);
  showBot(bot);
  byId('computer').hidden = !hasComputer;
  byId('guide').hidden = !hasComputer;
  document.body.classList.toggle('no-computer', !hasComputer);
  resetTerminal(terminal);
  become(persona);
});
onTold('bot', ({ state }) => showBot(state));
onTold('away', () => showBot('away'));
onTold('terminal', ({ data }) => {
  writeTerminal(data);
  showGuide(story);
});
onTold('tree', ({ name, tree }) => {
  showTree(name, tree);
  if (name === 'target') {
    story.isBack = story.isBack || (story.hasMoved && !tree.isThere);
    story.hasMoved = story.hasMoved || tree.isThere;
    showGuide(story);
  }
});
onTold('screen', (told) => {
  if (told.persona !== persona) return;
  showScreen(told.screen);
  story.cards = cardText();
  showGuide(story);
});
connect();

/** @param {string} key */
function become(key) {
  persona = key;
  tell({ ask: 'be', persona });
}
