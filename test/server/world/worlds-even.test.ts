import { seedsOf } from './seeds.ts';
import { promiseWorlds } from './promise.ts';

promiseWorlds(seedsOf(0));
