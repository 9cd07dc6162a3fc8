// Runs a model in real ONNX Runtime for the tests beside this file, as it is deployed and with all optimisation off.
//   node ort_peer.cjs MODEL INPUT SHAPE OUTDIR
// INPUT holds float32 in SHAPE ("2x3x8x8") for the only input. Writes into OUTDIR optimized.onnx (the graph that ONNX
// Runtime made of the model), optimized.bin, deployed.bin (with layouts changed too, which cannot be written as a
// model), disabled.bin and, of a session as anybody makes it, plain.bin (the first output as float32).
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

async function main() {
  const [model, input, shapeText, outdir] = process.argv.slice(2);
  const shape = shapeText.split('x').map(Number);
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  // Without VNNI its kernels let sums of two products saturate unless they are told to be exact.
  const extra = { session: { x64quantprecision: '1' } };
  const common = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3, extra };
  const levels = {
    optimized: { graphOptimizationLevel: 'extended', optimizedModelFilePath: path.join(outdir, 'optimized.onnx') },
    deployed: { graphOptimizationLevel: 'all' },
    disabled: { graphOptimizationLevel: 'disabled' },
    plain: { extra: {} },
  };
  for (const [name, options] of Object.entries(levels)) {
    const session = await ort.InferenceSession.create(model, { ...common, ...options });
    const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, shape) });
    const data = results[session.outputNames[0]].data;
    fs.writeFileSync(path.join(outdir, name + '.bin'), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    await session.release();
  }
}

main().catch((error) => {
  console.error(String((error && error.stack) || error));
  process.exit(1);
});
