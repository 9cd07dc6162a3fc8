// Top-1 hits of a model in real ONNX Runtime, and the graph that it made of the model.
//   node ort_top1.cjs MODEL FOLDER OPTIMIZED.onnx
// FOLDER holds input.bin (float32), shape.txt ("3x224x224", one sample) and labels.txt, as peer_tool writes them.
// Prints the number of hits.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const BATCH = 10;

function argmax(values) {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}

async function main() {
  const [model, folder, optimized] = process.argv.slice(2);
  const shape = fs.readFileSync(path.join(folder, 'shape.txt'), 'utf8').split('x').map(Number);
  const labels = fs.readFileSync(path.join(folder, 'labels.txt'), 'utf8').trim().split('\n').map(Number);
  const bytes = fs.readFileSync(path.join(folder, 'input.bin'));
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const size = shape.reduce((a, b) => a * b, 1);
  const common = { intraOpNumThreads: 2, interOpNumThreads: 1, logSeverityLevel: 3 };
  const saver = await ort.InferenceSession.create(model, { ...common, graphOptimizationLevel: 'extended', optimizedModelFilePath: optimized });
  await saver.release();
  const session = await ort.InferenceSession.create(model, { ...common, graphOptimizationLevel: 'all' });
  let hits = 0;
  for (let at = 0; at < labels.length; at += BATCH) {
    const count = Math.min(BATCH, labels.length - at);
    const input = new ort.Tensor('float32', all.subarray(at * size, (at + count) * size), [count, ...shape]);
    const result = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
    const classes = result.data.length / count;
    for (let k = 0; k < count; k++) if (argmax(result.data.subarray(k * classes, (k + 1) * classes)) === labels[at + k]) hits++;
  }
  console.log(hits);
}

main().catch((error) => {
  console.error(String((error && error.stack) || error));
  process.exit(1);
});
