import { inProcessBus } from '../../../services/store/bus.ts';
import { busConformance } from './bus-conformance.ts';

busConformance('the bus of one process', (onError) => inProcessBus(onError));
