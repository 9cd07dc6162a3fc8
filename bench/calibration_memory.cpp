#include "calibration_memory.h"

#include <fmt/core.h>

#include <numeric>

#include "model/canonical.h"
#include "model/infer.h"
#include "our_runner.h"
#include "peak_memory.h"
#include "quantize/channel_edits.h"
#include "quantize/collect.h"
#include "quantize/placement.h"

namespace quantrail::bench {
namespace {

Result<StatisticsRequest> everything(const Graph& graph) {
  const auto shapes = input_shapes(graph, 1);
  if (!shapes) return failed(shapes);
  const auto model = specialised(graph, *shapes);
  if (!model) return failed(model);
  StatisticsRequest request;
  for (const auto& shared : placed(graph, model->types, {}).classes) {
    for (const auto& value : shared.sources) {
      request.extremes.insert(value);
      request.histograms.insert(value);
      request.channel_means.insert(value);
      request.channel_magnitudes.insert(value);
      request.channel_quantiles.insert(value);
    }
  }
  request.outlier_probs = {1e-4};
  return request;
}

Status run_once(const Graph& graph, const Dataset& data) {
  const auto sample = first_samples(data, 1);
  if (!sample) return failed(sample);
  auto runner = OurRunner::made(graph, nullptr, 1, 1);
  if (!runner) return failed(runner);
  if (const auto ran = runner->run(*sample); !ran) return failed(ran);
  return {};
}

}  // namespace

Result<Row> measured_calibration_memory(const Network& network, std::size_t samples, std::size_t threads) {
  const auto graph = canonicalised(network.graph(1));
  if (!graph) return failed(graph);
  const auto request = everything(*graph);
  if (!request) return failed(request);
  const auto data = network.samples(samples);
  if (const auto ran = run_once(*graph, *data); !ran) return failed(ran);
  const auto before = peak_mib();
  if (!before) return failed(before);
  std::vector<std::size_t> positions(samples);
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  const auto statistics = collected(*graph, *request, *data, positions, {.threads = threads});
  if (!statistics) return failed(statistics);
  const auto after = peak_mib();
  if (!after) return failed(after);
  Row row;
  row.name = fmt::format("{}, calibration memory of {} samples", network.name, samples);
  row.unit = "MiB";
  row.ours = *after - *before;
  return row;
}

}  // namespace quantrail::bench
