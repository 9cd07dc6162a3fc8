#include "app/quantization_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/table.h"
#include "base/cell_text.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

using nlohmann::json;

constexpr int kNameColumns = 34;
constexpr std::size_t kNamedWorst = 3;

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}
double pair_share(const PairCounts& pairs) { return share(pairs.saturated, pairs.pairs); }
double result_share(const PairCounts& pairs) { return share(pairs.saturated_results, pairs.results); }

std::string_view runs_as(bool codes) { return codes ? "int8" : "float"; }

// What to sort by; the worst is lowest.

constexpr double kBest = std::numeric_limits<double>::infinity();

double badness(const TensorReport& tensor, ReportOrder order) {
  if (order == ReportOrder::Sqnr) return tensor.error.sqnr_db().value_or(kBest);
  return order == ReportOrder::Clipped ? -tensor.error.clipped_share() : 0.0;
}

double badness(const LayerReport& layer, ReportOrder order) {
  if (order == ReportOrder::Saturation) return layer.pairs ? -result_share(*layer.pairs) : 0.0;
  if (!layer.weights) return order == ReportOrder::Sqnr ? kBest : 0.0;
  if (order == ReportOrder::Sqnr) return layer.weights->total.sqnr_db().value_or(kBest);
  return order == ReportOrder::Clipped ? -layer.weights->total.clipped_share() : 0.0;
}

template <class T>
void sort_by(std::vector<T>& entries, ReportOrder order) {
  std::stable_sort(entries.begin(), entries.end(), [order](const T& a, const T& b) {
    return order == ReportOrder::Name ? a.name < b.name : badness(a, order) < badness(b, order);
  });
}

// Text.

std::string short_name(const std::string& name) { return fitted_end(name, kNameColumns); }

std::string decibels(const std::optional<double>& value) { return value ? fmt::format("{:.1f}", *value) : "exact"; }

std::string percent(double share) {
  if (share == 0.0) return "0 %";
  return share < 0.00005 ? "<0.01 %" : fmt::format("{:.2f} %", 100.0 * share);
}

std::vector<std::string> tensor_row(const TensorReport& t) {
  return {short_name(t.name),
          std::string(runs_as(t.as_codes)),
          fmt::format("{:.4g}", t.lo()),
          fmt::format("{:.4g}", t.hi()),
          fmt::format("{:.4g}", t.params.scale),
          std::to_string(t.params.zero_point),
          fmt::format("{:.4g}", t.error.min),
          fmt::format("{:.4g}", t.error.max),
          percent(t.error.clipped_share()),
          decibels(t.error.sqnr_db()),
          std::to_string(t.codes.count())};
}

std::string worst_channel(const WeightError& weights) {
  if (!weights.worst_channel_sqnr_db) return "exact";
  return fmt::format("{:.1f} ({})", *weights.worst_channel_sqnr_db, weights.worst_channel);
}

std::vector<std::string> layer_row(const LayerReport& l) {
  std::vector<std::string> row{short_name(l.name), l.op, std::string(runs_as(l.integer))};
  row.push_back(l.weights ? decibels(l.weights->total.sqnr_db()) : "");
  row.push_back(l.weights ? worst_channel(*l.weights) : "");
  row.push_back(l.weights ? percent(l.weights->total.clipped_share()) : "");
  row.push_back(l.bias_change ? fmt::format("{:.3g}", *l.bias_change) : "");
  row.push_back(l.pairs ? percent(pair_share(*l.pairs)) : "");
  row.push_back(l.pairs ? percent(result_share(*l.pairs)) : "");
  return row;
}

/// "name 12.3 dB, ..." of the worst by `order` that are codes in the iteration and lose anything by it; a tensor that
/// is only moved says nothing new.
template <class Text>
std::string worst_tensors(std::vector<TensorReport> tensors, ReportOrder order, const Text& text) {
  sort_by(tensors, order);
  std::vector<std::string> named;
  for (const auto& tensor : tensors) {
    if (!tensor.as_codes || tensor.moved || badness(tensor, order) >= (order == ReportOrder::Sqnr ? kBest : 0.0))
      continue;
    named.push_back(printable(short_name(tensor.name)) + " " + text(tensor));
    if (named.size() == kNamedWorst) break;
  }
  return named.empty() ? "none" : joined(named, ", ");
}

std::string saturation_line(const QuantizationReport& report) {
  std::size_t integer = 0;
  std::size_t saturating = 0;
  const LayerReport* worst = nullptr;
  for (const auto& layer : report.layers) {
    if (!layer.integer || !layer.pairs) continue;
    ++integer;
    if (layer.pairs->saturated == 0) continue;
    ++saturating;
    if (worst == nullptr || result_share(*layer.pairs) > result_share(*worst->pairs)) worst = &layer;
  }
  if (worst == nullptr) return fmt::format("without VNNI, in none of {} int8 layers with weights", integer);
  return fmt::format("without VNNI, in {} of {} int8 layers with weights; most in {}, {} of its results", saturating,
                     integer, printable(short_name(worst->name)), percent(result_share(*worst->pairs)));
}

std::string summary_text(const IterationReport& r) {
  const auto& layers = r.report.layers;
  const auto integer = std::count_if(layers.begin(), layers.end(), [](const auto& layer) { return layer.integer; });
  return fmt::format(
      "run {} {}, iteration {}: {} of {} layers in int8\n"
      "measured on         the float network's activations, {} of {} calibration samples\n"
      "lowest SQNR         {}\nmost clipped        {}\nsaturation          {}\n",
      r.run, printable(r.name), r.iteration, integer, layers.size(), r.report.samples, r.available,
      worst_tensors(r.report.tensors, ReportOrder::Sqnr,
                    [](const auto& tensor) { return decibels(tensor.error.sqnr_db()) + " dB"; }),
      worst_tensors(r.report.tensors, ReportOrder::Clipped,
                    [](const auto& tensor) { return percent(tensor.error.clipped_share()); }),
      saturation_line(r.report));
}

// JSON and CSV.

json number_or_null(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json error_json(const CodingError& error) {
  return {{"elements", error.elements},
          {"clipped_share", error.clipped_share()},
          {"sqnr_db", number_or_null(error.sqnr_db())}};
}

json tensor_json(const TensorReport& t) {
  json out = error_json(t.error);
  out.update({{"name", t.name},
              {"as_codes", t.as_codes},
              {"moved", t.moved},
              {"lo", t.lo()},
              {"hi", t.hi()},
              {"scale", t.params.scale},
              {"zero_point", t.params.zero_point},
              {"min", t.error.min},
              {"max", t.error.max},
              {"not_finite", t.error.not_finite},
              {"codes_used", t.codes.count()}});
  return out;
}

json layer_json(const LayerReport& l) {
  json out{{"name", l.name}, {"op", l.op}, {"runs_as", runs_as(l.integer)}};
  if (l.weights) {
    out["weights"] = error_json(l.weights->total);
    out["weights"]["worst_channel"] = l.weights->worst_channel;
    out["weights"]["worst_channel_sqnr_db"] = number_or_null(l.weights->worst_channel_sqnr_db);
  }
  if (l.bias_change) out["bias_change"] = *l.bias_change;
  if (l.pairs) {
    out["saturation"] = {{"pairs", l.pairs->pairs},
                         {"saturated_pairs", l.pairs->saturated},
                         {"pair_share", pair_share(*l.pairs)},
                         {"results", l.pairs->results},
                         {"saturated_results", l.pairs->saturated_results},
                         {"result_share", result_share(*l.pairs)}};
  }
  return out;
}

std::string cell(double value) { return fmt::format("{:.9g}", value); }
std::string cell(const std::optional<double>& value) { return value ? cell(*value) : ""; }

const std::vector<std::string> kCsvTitles{"kind",
                                          "name",
                                          "op",
                                          "runs_as",
                                          "elements",
                                          "clipped_share",
                                          "sqnr_db",
                                          "worst_channel",
                                          "worst_channel_sqnr_db",
                                          "lo",
                                          "hi",
                                          "scale",
                                          "zero_point",
                                          "min",
                                          "max",
                                          "codes_used",
                                          "bias_change",
                                          "saturated_pairs_share",
                                          "saturated_results_share"};
constexpr std::size_t kFirstOfLayersAlone = 16;  // bias_change and what follows

std::vector<std::string> csv_row(const TensorReport& t) {
  return {"tensor",
          t.name,
          "",
          std::string(runs_as(t.as_codes)),
          std::to_string(t.error.elements),
          cell(t.error.clipped_share()),
          cell(t.error.sqnr_db()),
          "",
          "",
          cell(t.lo()),
          cell(t.hi()),
          cell(t.params.scale),
          std::to_string(t.params.zero_point),
          cell(t.error.min),
          cell(t.error.max),
          std::to_string(t.codes.count()),
          "",
          "",
          ""};
}

std::vector<std::string> csv_row(const LayerReport& l) {
  std::vector<std::string> row{"layer", l.name, l.op, std::string(runs_as(l.integer))};
  row.push_back(l.weights ? std::to_string(l.weights->total.elements) : "");
  row.push_back(l.weights ? cell(l.weights->total.clipped_share()) : "");
  row.push_back(l.weights ? cell(l.weights->total.sqnr_db()) : "");
  row.push_back(l.weights && l.weights->worst_channel_sqnr_db ? std::to_string(l.weights->worst_channel) : "");
  row.push_back(l.weights ? cell(l.weights->worst_channel_sqnr_db) : "");
  row.resize(kFirstOfLayersAlone);
  row.push_back(cell(l.bias_change));
  row.push_back(l.pairs ? cell(pair_share(*l.pairs)) : "");
  row.push_back(l.pairs ? cell(result_share(*l.pairs)) : "");
  return row;
}

/// What the last two columns are of, where they end.
std::string above_last_columns(const std::string& weights) {
  return padded("saturated without VNNI", -static_cast<int>(weights.find('\n')));
}

std::string legend(std::int64_t positions) {
  return fmt::format(R"(
float      reverted, or read by float layers only: what 8 bits would make of it
clipped    share that lies more than half a step outside of the codes
SQNR       signal to quantization noise, of this activation or these weights alone; worst: the lowest of an output
           channel, and its number; near 0 where the channel has hardly any weights
bias by    largest change by bias correction
saturated  where CPUs without VNNI add two u8 x s8 products in an int16 that does not hold the sum: share of the pairs,
           and of the layer's results with at least one such pair, at {} positions per sample
)",
                     positions);
}

}  // namespace

ReportOrder report_order(std::string_view name) {
  if (name == "name") return ReportOrder::Name;
  if (name == "sqnr") return ReportOrder::Sqnr;
  if (name == "clipped") return ReportOrder::Clipped;
  return name == "saturation" ? ReportOrder::Saturation : ReportOrder::Graph;
}

void sort_report(QuantizationReport& report, ReportOrder order) {
  if (order == ReportOrder::Graph) return;
  sort_by(report.tensors, order);
  sort_by(report.layers, order);
}

std::string report_text(const IterationReport& r) {
  std::vector<std::vector<std::string>> tensors;
  std::vector<std::vector<std::string>> layers;
  for (const auto& tensor : r.report.tensors) tensors.push_back(tensor_row(tensor));
  for (const auto& layer : r.report.layers) layers.push_back(layer_row(layer));
  const auto right = Align::Right;
  const auto left = Align::Left;
  const std::string activations = table(
      {"activation", "held as", "codes from", "to", "step", "zero", "seen from", "to", "clipped", "SQNR dB", "codes"},
      tensors, {left, left, right, right, right, right, right, right, right, right, right});
  const std::string weights =
      table({"layer", "operator", "as", "SQNR dB", "worst", "clipped", "bias by", "pairs", "results"}, layers,
            {left, left, left, right, right, right, right, right, right});
  return fmt::format("{}\n{}\n{}\n{}{}", summary_text(r), activations, above_last_columns(weights), weights,
                     legend(r.positions));
}

std::string report_json(const IterationReport& r) {
  json tensors = json::array();
  json layers = json::array();
  for (const auto& tensor : r.report.tensors) tensors.push_back(tensor_json(tensor));
  for (const auto& layer : r.report.layers) layers.push_back(layer_json(layer));
  const json out{{"run", r.run},
                 {"iteration", r.iteration},
                 {"samples", r.report.samples},
                 {"positions", r.positions},
                 {"tensors", std::move(tensors)},
                 {"layers", std::move(layers)}};
  return out.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string report_csv(const IterationReport& r) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& tensor : r.report.tensors) rows.push_back(csv_row(tensor));
  for (const auto& layer : r.report.layers) rows.push_back(csv_row(layer));
  return csv(kCsvTitles, rows);
}

}  // namespace quantrail::app
