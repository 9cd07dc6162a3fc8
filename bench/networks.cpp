#include "networks.h"

#include <fstream>
#include <numeric>

#include "export/export.h"
#include "export/onnx_bytes.h"
#include "model/canonical.h"
#include "model/infer.h"
#include "model/load.h"
#include "quantize/collect.h"
#include "quantize/quantize.h"

namespace quantrail::bench {
namespace {

Status write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) return fail(Cause::Storage, "{}: cannot write", path.string());
  return {};
}

Result<Quantization> calibrated(const Graph& graph, const SyntheticImages& images) {
  const auto shapes = input_shapes(graph, 1);
  if (!shapes) return failed(shapes);
  const auto model = specialised(graph, *shapes);
  if (!model) return failed(model);
  const QuantizationParams params;
  const Placement placement = placed(graph, model->types, {});
  std::vector<std::size_t> samples(images.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const auto statistics = collected(graph, statistics_request(graph, placement, params), images, samples, {});
  if (!statistics) return failed(statistics);
  return quantized(graph, model->types, placement, *statistics, params);
}

}  // namespace

Result<Networks> prepared(const Graph& network, const SyntheticImages& calibration,
                          const std::filesystem::path& folder) {
  Networks networks;
  networks.float_file = folder / "float.onnx";
  networks.int8_file = folder / "int8.onnx";
  const auto bytes = onnx_bytes(network);
  if (!bytes) return failed(bytes);
  if (const auto written = write(networks.float_file, *bytes); !written) return failed(written);
  auto model = load_model(networks.float_file);
  if (!model) return failed(model);
  auto graph = canonicalised(std::move(model->graph));
  if (!graph) return failed(graph);
  networks.graph = std::move(*graph);

  auto quantization = calibrated(networks.graph, calibration);
  if (!quantization) return failed(quantization, "calibration");
  networks.quantization = std::move(*quantization);
  const auto exported_model =
      exported(networks.graph, networks.quantization, {}, RevertMode::Full, {.base = model->hash});
  if (!exported_model) return failed(exported_model);
  if (const auto written = write(networks.int8_file, exported_model->bytes); !written) return failed(written);
  return networks;
}

}  // namespace quantrail::bench
