// Real ONNX Runtime for the benchmarks and for tests: answers one JSON question a line (see ort_peer.h).
'use strict';
const fs = require('fs');
const readline = require('readline');

let ort = null, session = null, feeds = null, results = null, kept = [];

const now = () => Number(process.hrtime.bigint()) / 1e6;

const actions = {
  async load({ model, threads }) {
    if (session) await session.release();
    const start = now();
    // Without VNNI sums of two products saturate in its fastest kernels; where accuracy is measured, the others are wanted.
    const exact = process.env.QUANTRAIL_PEER_EXACT ? { extra: { session: { x64quantprecision: '1' } } } : {};
    session = await ort.InferenceSession.create(model, {
      graphOptimizationLevel: 'all', intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3, ...exact,
    });
    return { ms: now() - start };
  },
  async optimise({ model, optimised }) {
    const saver = await ort.InferenceSession.create(model, {
      graphOptimizationLevel: 'extended', optimizedModelFilePath: optimised, logSeverityLevel: 3,
    });
    await saver.release();
    return {};
  },
  async forget_kept() {
    kept = [];
    return {};
  },
  async keep() {
    kept.push(feeds);
    return {};
  },
  // Every kept input once; which class is highest in each row of the first output.
  async run_kept() {
    const classes = [];
    let ms = 0;
    for (const one of kept) {
      const start = now();
      const { data, dims } = (await session.run(one))[session.outputNames[0]];
      ms += now() - start;
      const width = data.length / dims[0];
      for (let row = 0; row < dims[0]; row++) {
        const scores = data.subarray(row * width, (row + 1) * width);
        classes.push(scores.indexOf(scores.reduce((a, b) => Math.max(a, b))));
      }
    }
    return { ms, classes };
  },
  async input({ arrays }) {
    feeds = {};
    for (const { name, type, file, shape } of arrays) {
      const bytes = fs.readFileSync(file);
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      const Values = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array }[type];
      feeds[name] = new ort.Tensor(type, new Values(buffer), shape);
    }
    return {};
  },
  async run({ times }) {
    const ms = [];
    for (let k = 0; k < times; k++) {
      const start = now();
      results = await session.run(feeds);
      ms.push(now() - start);
    }
    return { ms };
  },
  async output({ file }) {
    const { data, dims, type } = results[session.outputNames[0]];
    if (type !== 'float32') throw new Error(`the first output is ${type}, not float32`);
    fs.writeFileSync(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return { shape: dims };
  },
  async memory() {
    return { peak_kib: Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) };
  },
};

const say = answer => process.stdout.write(JSON.stringify(answer) + '\n');

async function main() {
  try {
    ort = require(process.env.QUANTRAIL_ORT || 'onnxruntime-node');
  } catch (error) {
    say({ error: `onnxruntime-node not found through NODE_PATH or QUANTRAIL_ORT: ${String(error.message).split('\n')[0]}` });
    return;
  }
  say({ version: ort.env.versions.node || ort.env.versions.common });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      const question = JSON.parse(line);
      say(await actions[question.do](question));
    } catch (error) {
      say({ error: String(error && error.message || error) });
    }
  }
}

main();
