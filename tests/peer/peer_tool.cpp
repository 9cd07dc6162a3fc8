// Helper of runs_test.sh: what a shell cannot do with ONNX files and data sets.
//   peer_tool inputs CONFIG FOLDER   the validation samples, preprocessed: input.bin (float32), labels.txt, shape.txt
//   peer_tool floats MODEL.onnx      what computes in float in a graph that ONNX Runtime optimised: "Conv NAME" per
//   line
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <fstream>
#include <set>

#include "base/files.h"
#include "config/config.h"
#include "data/open.h"
#include "model/load.h"

namespace quantrail {
namespace {

int complained(const Error& error) {
  fmt::print(stderr, "peer_tool: {}\n", error.message);
  return 1;
}

int write_inputs(const std::string& config_path, const std::filesystem::path& folder) {
  const auto config = load_config(config_path, {});
  if (!config) return complained(config.error());
  const auto model = load_model(config->model);
  if (!model) return complained(model.error());
  const auto data = open_dataset(config->engine.validation.value(), model->graph.inputs, {.labels_required = true});
  if (!data) return complained(data.error());
  const Shape& shape = (*data)->inputs()[0].shape;
  std::vector<std::byte> sample(static_cast<std::size_t>(element_count(shape)) * sizeof(float));
  const std::span<std::byte> buffer(sample);
  std::ofstream values(folder / "input.bin", std::ios::binary);
  std::ofstream labels(folder / "labels.txt");
  for (std::size_t at = 0; at < (*data)->size(); ++at) {
    const auto read = (*data)->read(at, std::span(&buffer, 1));
    if (!read) return complained(read.error());
    values.write(reinterpret_cast<const char*>(sample.data()), static_cast<std::streamsize>(sample.size()));
    labels << (*data)->truth(at).label.value() << "\n";
  }
  std::ofstream(folder / "shape.txt") << fmt::format("{}", fmt::join(shape, "x"));
  return 0;
}

int print_floats(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return complained(bytes.error());
  onnx::ModelProto model;
  if (!model.ParseFromString(*bytes)) return complained({Cause::InvalidInput, path + ": not ONNX"});
  const std::set<std::string> computing{"Conv", "Gemm", "MatMul",      "ConvTranspose",
                                        "Add",  "Mul",  "AveragePool", "GlobalAveragePool"};
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
  if (words.size() == 3 && words[0] == "inputs") return quantrail::write_inputs(words[1], words[2]);
  if (words.size() == 2 && words[0] == "floats") return quantrail::print_floats(words[1]);
  fmt::print(stderr, "usage: peer_tool inputs CONFIG FOLDER | peer_tool floats MODEL.onnx\n");
  return 2;
}
