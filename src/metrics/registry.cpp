#include "metrics/registry.h"

#include <map>

#include "base/text.h"
#include "metrics/accuracy.h"
#include "metrics/mean_average_precision.h"

namespace quantrail {
namespace {

using Maker = std::unique_ptr<Metric> (*)(const MetricSpec&);

const std::map<std::string, Maker>& makers() {
  static const std::map<std::string, Maker> known = {{"accuracy", make_accuracy}, {"map", make_mean_average_precision}};
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
