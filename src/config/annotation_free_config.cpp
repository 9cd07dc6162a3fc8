#include "base/text.h"
#include "config/parse.h"

namespace quantrail {
namespace {

/// A predicted class takes the place of the label, for all metrics.
void check_metrics(const Section& params, const std::vector<MetricSpec>& metrics) {
  for (const auto& metric : metrics) {
    if (metric.type != "accuracy") {
      params.report(
          "annotation_free",
          fmt::format("the float model's classes take the place of labels, so all of engine.metrics must be of "
                      "type \"accuracy\"; \"{}\" is of type \"{}\"",
                      printable(metric.name), printable(metric.type)));
    } else if (metric.output != metrics.front().output) {
      params.report(
          "annotation_free",
          fmt::format("classes are predicted by one output, but \"{}\" looks at output {} and \"{}\" at {}",
                      printable(metrics.front().name), metrics.front().output, printable(metric.name), metric.output));
    }
  }
}

}  // namespace

void settle_annotation_free(const Section& params, const std::vector<MetricSpec>& metrics, AccuracyAwareParams& out) {
  const auto no_effect = [&](std::string_view key, std::string_view why) {
    params.findings().note(fmt::format("{} has no effect{}", params.path_of(key), why));
  };
  const double by_default = AccuracyAwareParams{}.annotation_conf_threshold;
  if (!out.annotation_free && out.annotation_conf_threshold != by_default) {
    no_effect("annotation_conf_threshold", ": it belongs to annotation_free, which is off.");
    out.annotation_conf_threshold = by_default;
  }
  if (!out.annotation_free) return;
  check_metrics(params, metrics);
  for (std::size_t at = 0; at < out.metrics.size(); ++at) {
    if (!out.metrics[at].baseline_value) continue;
    no_effect(fmt::format("metrics[{}].baseline_value", at),
              " with annotation_free: the float model is measured on its own predictions.");
    out.metrics[at].baseline_value.reset();
  }
}

}  // namespace quantrail
