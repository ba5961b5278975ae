// The webview client. It paints what the host sends and sends back what the user wants.

import { render } from 'preact';
import { App } from './app';
import './styles/index.css';
import { Store } from './store';

const store = new Store(acquireVsCodeApi());
render(<App store={store} />, document.getElementById('root') ?? document.body);
