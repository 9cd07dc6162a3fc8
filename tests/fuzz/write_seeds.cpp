// Writes small networks into a folder for the fuzzer to start from, each in float and quantized as we export it.
// usage: fuzz_seeds FOLDER
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "export/export.h"
#include "export/onnx_bytes.h"
#include "fuzz/calibrated.h"
#include "model/composed_network.h"
#include "peer/networks.h"

namespace {

bool write(const std::filesystem::path& path, const std::string& bytes) {
  return static_cast<bool>(std::ofstream(path, std::ios::binary) << bytes);
}

bool write_both(const quantrail::Graph& graph, const std::filesystem::path& folder, const std::string& name) {
  const auto plain = quantrail::onnx_bytes(graph);
  const auto shaped = quantrail::fuzz::shaped(graph);
  if (!plain || !shaped) return false;
  const auto placement = quantrail::placed(shaped->graph, shaped->model.types, {});
  const auto quantization = quantrail::fuzz::calibrated(*shaped, placement, quantrail::Preset::Mixed);
  if (!quantization) return false;
  const auto file = quantrail::exported(shaped->graph, *quantization, {}, quantrail::RevertMode::Full, {});
  return file && write(folder / (name + ".onnx"), *plain) && write(folder / (name + "_qdq.onnx"), file->bytes);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return EXIT_FAILURE;
  auto networks = quantrail::testing::networks();
  for (auto& network : quantrail::testing::networks_of_moves()) networks.push_back(std::move(network));
  for (const auto& network : networks) {
    if (!write_both(network.build().graph(), arguments[1], network.name)) return EXIT_FAILURE;
  }
  // Functions of the model's own, and a branch that shapes decide.
  const auto composed = quantrail::testing::composed_network().SerializeAsString();
  return write(std::filesystem::path(arguments[1]) / "composed.onnx", composed) ? EXIT_SUCCESS : EXIT_FAILURE;
}
