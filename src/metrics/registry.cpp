#include "metrics/registry.h"

#include <map>

#include "base/text.h"
#include "metrics/accuracy.h"
#include "metrics/f1.h"
#include "metrics/fidelity.h"
#include "metrics/mean_average_precision.h"
#include "metrics/mean_iou.h"
#include "metrics/regression.h"

namespace quantrail {
namespace {

using Maker = std::unique_ptr<Metric> (*)(const MetricSpec&);

const std::map<std::string, Maker>& makers() {
  static const std::map<std::string, Maker> known = {
      {"accuracy", make_accuracy},   {"agreement", make_fidelity},
      {"cosine", make_fidelity},     {"f1", make_f1},
      {"mae", make_regression},      {"map", make_mean_average_precision},
      {"miou", make_mean_iou},       {"mse", make_regression},
      {"nmse", make_fidelity},       {"pearson", make_correlation},
      {"psnr", make_regression},     {"rmse", make_regression},
      {"spearman", make_correlation}};
  return known;
}

}  // namespace

std::vector<std::string> metric_types() {
  std::vector<std::string> types;
  for (const auto& [type, maker] : makers()) types.push_back(type);
  return types;
}

Result<std::unique_ptr<Metric>> make_metric(const MetricSpec& spec) {
  const auto found = makers().find(spec.type);
  if (found != makers().end()) return found->second(spec);
  const auto known = metric_types();
  return fail(Cause::InvalidInput, "unknown metric \"{}\"{}, known are {}", printable(spec.type),
              did_you_mean(spec.type, known), joined(known, ", "));
}

}  // namespace quantrail
