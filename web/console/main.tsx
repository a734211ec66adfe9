import { mount } from '../shared/mount.tsx';
import { WithAbout } from '../shared/with-about.tsx';
import { Console } from './console.tsx';

mount(<WithAbout>{(about) => <Console about={about} />}</WithAbout>);
