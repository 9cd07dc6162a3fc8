#include "quality.h"

#include <fmt/core.h>

#include "pair_timing.h"
#include "peer_metric.h"

namespace quantrail::bench {
namespace {

constexpr double kMib = 1024.0 * 1024.0;

/// Top of the table: which network, and what its file scores in the peer and how long it takes on both sides.
Result<Quality> measured(const QuantizedNetwork& network, Quality row, const Form& form,
                         const QualityOptions& options) {
  row.network = network.prepared.config.model_name;
  row.metric = network.baseline.optimised;
  row.size_mib = static_cast<double>(std::filesystem::file_size(form.file)) / kMib;
  const Timing& timing = options.timing;
  if (timing.peer) {
    if (const auto loaded = timing.peer->load(form.file, 2); !loaded) return failed(loaded);
    const auto values = metrics_in_peer(*timing.peer, *network.prepared.validation, network.prepared.metrics,
                                        batch_for_peer(network.prepared.graph));
    if (!values) return failed(values);
    row.peer_value = values->at(row.metric);
  }
  if (!options.times) return row;
  const auto batch = first_samples(*network.prepared.validation, 1);
  if (!batch) return failed(batch);
  const auto times = timed_in_turns(timing, form, *batch, 1);
  if (!times) return failed(times);
  row.speed = paired("", times->ours, times->peer);
  return row;
}

std::string number(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

}  // namespace

Result<Quality> float_quality(const QuantizedNetwork& network, const QualityOptions& options) {
  const Form form{.name = "float", .graph = &network.graph, .file = network.float_file};
  Quality row{.how = "float"};
  row.value = network.baseline.metrics.at(network.baseline.optimised);
  return measured(network, std::move(row), form, options);
}

Result<Quality> int8_quality(const QuantizedNetwork& network, const std::string& how, const Quality& in_float,
                             const QualityOptions& options) {
  const Form form{
      .name = "int8", .graph = &network.graph, .quantization = &network.quantization, .file = network.int8_file};
  Quality row{.how = how};
  row.value = network.record.metrics.at(network.baseline.optimised);
  row.drop = network.record.drop;
  row.layers = network.quantization.groups.size();
  row.float_in_peer = network.record.float_in_onnxruntime.size();
  auto quality = measured(network, std::move(row), form, options);
  if (quality && in_float.speed.peer) {
    quality->gain = quality->speed;
    quality->gain.peer = in_float.speed.peer;
    quality->gain.ratio = *in_float.speed.peer / quality->speed.ours;
    quality->gain.ratio_low = quality->gain.ratio_high = *quality->gain.ratio;
  }
  return quality;
}

void print_quality_header() {
  fmt::print("{:<20} {:<17} {:>7} {:>8} {:>7} {:>7} {:>6} {:>6}  {:>8} {:>8} {:>6} {:>8}\n", "network", "", "metric",
             "drop", "in ORT", "layers", "float*", "MiB", "ours ms", "ORT ms", "ratio", "vs float");
}

void print(const Quality& q) {
  fmt::print("{:<20} {:<17} {:>7.4f} {:>8.4f} {:>7} {:>7} {:>6} {:>6.2f}  {:>8} {:>8} {:>6} {:>8}\n", q.network, q.how,
             q.value, q.drop, number(q.peer_value, 4), q.layers, q.float_in_peer, q.size_mib,
             q.speed.ours > 0.0 ? fmt::format("{:.3f}", q.speed.ours) : "-", number(q.speed.peer, 3),
             number(q.speed.ratio, 2), number(q.gain.ratio, 2));
  std::fflush(stdout);
}

std::vector<Row> rows_of(const Quality& q) {
  const auto named = [&](Row row, const std::string& what, const std::string& unit) {
    row.name = fmt::format("{} {}, {}", q.network, q.how, what);
    row.unit = unit;
    return row;
  };
  const auto plain = [&](double ours, const std::string& what, const std::string& unit) {
    return named({.ours = ours}, what, unit);
  };
  std::vector<Row> rows{named({.ours = q.value, .peer = q.peer_value}, q.metric, q.metric),
                        plain(q.drop, "drop", q.metric), plain(static_cast<double>(q.layers), "int8 layers", "layers"),
                        plain(static_cast<double>(q.float_in_peer), "int8 layers that are float in the peer", "layers"),
                        plain(q.size_mib, "file", "MiB")};
  if (q.speed.ours > 0.0) rows.push_back(named(q.speed, "time of a sample", "ms"));
  if (q.gain.ratio) rows.push_back(named(q.gain, "time of a sample against the peer's in float", "ms"));
  return rows;
}

}  // namespace quantrail::bench
