import { mount } from '../shared/mount.tsx';
import { WithAbout } from '../shared/with-about.tsx';
import { StartPage } from './start-page.tsx';
import './start.css';

mount(<WithAbout>{(about) => <StartPage about={about} />}</WithAbout>);
