import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import 'graphiql/graphiql.css';
import { mount } from '../shared/mount.tsx';
import { WithAbout } from '../shared/with-about.tsx';
import { ExplorerPage } from './explorer-page.tsx';
import './explorer.css';

mount(<WithAbout>{(about) => <ExplorerPage about={about} />}</WithAbout>);
