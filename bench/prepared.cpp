#include "prepared.h"

#include <fmt/core.h>

#include <fstream>
#include <iterator>
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

constexpr std::size_t kCalibrationSamples = 8;

Status write(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) return fail(Cause::Storage, "{}: cannot write", path.string());
  return {};
}

Prepared named(const Network& network, const std::filesystem::path& folder) {
  Prepared names;
  names.network = &network;
  names.float_file = folder / fmt::format("{}.float.onnx", network.name);
  names.int8_file = folder / fmt::format("{}.int8.onnx", network.name);
  return names;
}

std::filesystem::path quantization_file(const Prepared& network) {
  return std::filesystem::path(network.int8_file).replace_extension("cbor");
}

/// Reads a file into `canonical`; the model's hash.
Result<Digest> load_graph(const std::filesystem::path& file, Graph& canonical) {
  auto model = load_model(file);
  if (!model) return failed(model);
  auto graph = canonicalised(std::move(model->graph));
  if (!graph) return failed(graph);
  canonical = std::move(*graph);
  return model->hash;
}

Result<Quantization> calibrated(const Graph& graph, const Dataset& data) {
  const auto shapes = input_shapes(graph, 1);
  if (!shapes) return failed(shapes);
  const auto model = specialised(graph, *shapes);
  if (!model) return failed(model);
  const QuantizationParams params;
  const Placement placement = placed(graph, model->types, {});
  std::vector<std::size_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const QuantizerInputs inputs{graph, model->types, placement};
  const auto request = statistics_request(inputs, params);
  if (!request) return failed(request);
  const auto statistics = collected(graph, *request, data, samples, {});
  if (!statistics) return failed(statistics);
  return quantized(inputs, *statistics, params);
}

}  // namespace

Result<Prepared> prepared(const Network& network, const std::filesystem::path& folder) {
  Prepared made = named(network, folder);
  const auto bytes = onnx_bytes(network.graph(1));
  if (!bytes) return failed(bytes);
  if (const auto written = write(made.float_file, std::as_bytes(std::span(*bytes))); !written) return failed(written);
  const auto base = load_graph(made.float_file, made.graph);
  if (!base) return failed(base);

  auto quantization = calibrated(made.graph, *network.samples(kCalibrationSamples));
  if (!quantization) return failed(quantization, "calibration");
  made.quantization = std::move(*quantization);
  const auto cbor = serialised(made.quantization);
  if (const auto written = write(quantization_file(made), std::as_bytes(std::span(cbor))); !written) {
    return failed(written);
  }
  const auto int8 = exported(made.graph, made.quantization, {}, RevertMode::Full, {.base = *base});
  if (!int8) return failed(int8);
  if (const auto written = write(made.int8_file, std::as_bytes(std::span(int8->bytes))); !written) {
    return failed(written);
  }
  if (const auto loaded = load_graph(made.int8_file, made.int8_graph); !loaded) return failed(loaded);
  return made;
}

Result<Prepared> reopened(const Network& network, const std::filesystem::path& folder) {
  Prepared made = named(network, folder);
  for (const auto& [file, graph] : {std::pair(&made.float_file, &made.graph), {&made.int8_file, &made.int8_graph}}) {
    if (const auto loaded = load_graph(*file, *graph); !loaded) return failed(loaded);
  }
  std::ifstream file(quantization_file(made), std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  auto quantization = parsed_quantization({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (!quantization) return failed(quantization, quantization_file(made).string());
  made.quantization = std::move(*quantization);
  return made;
}

}  // namespace quantrail::bench
