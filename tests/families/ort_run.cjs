// Runs models in real ONNX Runtime: any number of inputs, outputs, types and runs in one process.
//   node ort_run.cjs JOBS.json
// JOBS: [{"model": FILE, "level": "disabled" | "extended" | "all", "runs": [{"inputs": [{"name", "type", "shape",
// "file"}], "outputs": FOLDER}], "optimised": FILE to write the graph that it made to, or ""}]. A file holds the row-major elements. Writes each output's elements to
// FOLDER/0.bin, 1.bin, ... and their types and shapes to FOLDER/outputs.json. "keep_going": true on a job writes what
// ONNX Runtime said of a model that it refuses to FOLDER/error.txt, of every run, instead of failing.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const ARRAYS = {
  float32: Float32Array, float64: Float64Array, float16: Uint16Array, int8: Int8Array, uint8: Uint8Array,
  int16: Int16Array, uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array,
  uint64: BigUint64Array, bool: Uint8Array,
};

function fed(input) {
  const bytes = fs.readFileSync(input.file);
  const kind = ARRAYS[input.type];
  if (!kind) throw new Error(`${input.name}: no arrays of ${input.type}`);
  const copy = Uint8Array.prototype.slice.call(bytes);
  return new ort.Tensor(input.type, new kind(copy.buffer, 0, copy.length / kind.BYTES_PER_ELEMENT), input.shape);
}

async function run(session, job) {
  const feeds = Object.fromEntries(job.inputs.map((input) => [input.name, fed(input)]));
  const results = await session.run(feeds);
  fs.mkdirSync(job.outputs, { recursive: true });
  const described = session.outputNames.map((name, at) => {
    const { data, dims, type } = results[name];
    fs.writeFileSync(path.join(job.outputs, `${at}.bin`), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return { name, type, shape: dims };
  });
  fs.writeFileSync(path.join(job.outputs, 'outputs.json'), JSON.stringify(described));
}

async function perform(job) {
  const options = {
    graphOptimizationLevel: job.level, intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4, logVerbosityLevel: 0,
    extra: { session: { x64quantprecision: '1' } },  // exact sums also without VNNI
  };
  if (job.optimised) options.optimizedModelFilePath = job.optimised;
  const session = await ort.InferenceSession.create(job.model, options);
  for (const one of job.runs) await run(session, one);
  await session.release();
}

async function main() {
  for (const job of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
    try {
      await perform(job);
    } catch (error) {
      if (!job.keep_going) throw new Error(`${job.model} (${job.level}): ${error && error.message}`);
      for (const one of job.runs) {
        fs.mkdirSync(one.outputs, { recursive: true });
        fs.writeFileSync(path.join(one.outputs, 'error.txt'), String(error && error.message));
      }
    }
  }
}

main().catch((error) => {
  console.error(String((error && error.stack) || error));
  process.exit(1);
});
