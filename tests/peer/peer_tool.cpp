// Helper of runs_test.sh: what a shell cannot do with ONNX files and data sets.
//   peer_tool measure CONFIG MODEL OPTIMISED  the metrics of MODEL in ONNX Runtime on the configuration's validation
//                                             data, as JSON; writes the graph that ONNX Runtime makes of it
//   peer_tool floats OPTIMISED                what computes in float in such a graph: "Conv NAME" per line
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <nlohmann/json.hpp>
#include <set>

#include "app/prepare.h"
#include "base/files.h"
#include "bench/ort_peer.h"
#include "bench/peer_metric.h"
#include "bench/scratch_folder.h"

namespace quantrail {
namespace {

int complained(const Error& error) {
  fmt::print(stderr, "peer_tool: {}\n", error.message);
  return 1;
}

int measure(const std::string& config_path, const std::string& model, const std::string& optimised) {
  auto config = load_config(config_path, {});
  if (!config) return complained(config.error());
  const auto p = app::prepared(std::move(*config), app::Purpose::Measure, sha256_file);
  if (!p) return complained(p.error());
  const bench::ScratchFolder scratch;
  auto peer = bench::OrtPeer::started(QUANTRAIL_BENCH_SCRIPTS "/ort_peer.cjs", scratch.path());
  if (!peer) return complained(peer.error());
  if (const auto written = peer->optimise(model, optimised); !written) return complained(written.error());
  if (const auto loaded = peer->load(model, 2); !loaded) return complained(loaded.error());
  const auto metrics = bench::metrics_in_peer(*peer, *p->validation, p->metrics, bench::batch_for_peer(p->graph));
  if (!metrics) return complained(metrics.error());
  fmt::print("{}\n", nlohmann::json(*metrics).dump());
  return 0;
}

int print_floats(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return complained(bytes.error());
  onnx::ModelProto model;
  if (!model.ParseFromString(*bytes)) return complained({Cause::InvalidInput, path + ": not ONNX"});
  const std::set<std::string> computing{
      "Conv", "Gemm", "MatMul", "ConvTranspose", "Add", "Mul", "AveragePool", "GlobalAveragePool", "QuickGelu"};
  for (const auto& node : model.graph().node()) {
    const std::string op = node.op_type().starts_with("Fused") ? node.op_type().substr(5) : node.op_type();
    if (computing.contains(op)) fmt::print("{} {}\n", op, node.name());
  }
  return 0;
}

}  // namespace
}  // namespace quantrail

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 4 && words[0] == "measure") return quantrail::measure(words[1], words[2], words[3]);
  if (words.size() == 2 && words[0] == "floats") return quantrail::print_floats(words[1]);
  fmt::print(stderr, "usage: peer_tool measure CONFIG MODEL OPTIMISED | peer_tool floats OPTIMISED\n");
  return 2;
}
