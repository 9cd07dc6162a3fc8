#include "evaluate/difference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "evaluate/feed.h"

namespace quantrail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSteps = 127.0;

template <class T>
std::span<const T> as(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

/// |a - b|, 0 for two that are no numbers or the same infinity, infinite for one.
double distance(float a, float b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double apart = std::abs(static_cast<double>(a) - static_cast<double>(b));
  return std::isnan(apart) ? kInfinity : apart;
}

}  // namespace

Status DifferenceMeter::add(const Plan& reference_plan, const PlanState& reference, const Plan& plan,
                            const PlanState& state) {
  const auto outputs = reference_plan.outputs();
  if (plan.outputs().size() != outputs.size()) {
    return fail(Cause::InvalidInput, "the network has {} outputs, not {}", plan.outputs().size(), outputs.size());
  }
  outputs_.resize(outputs.size());
  for (std::size_t at = 0; at < outputs.size(); ++at) {
    const ElementType type = outputs[at].type;
    if (plan.outputs()[at].type != type || state.output_shape(at) != reference.output_shape(at)) {
      return fail(Cause::InvalidInput, "output \"{}\" is {}, not {}", printable(outputs[at].name),
                  type_text(plan.outputs()[at].type, state.output_shape(at)),
                  type_text(type, reference.output_shape(at)));
    }
    if (type != ElementType::Float32) {
      const auto mine = state.output(at);
      const auto theirs = reference.output(at);
      const std::size_t size = size_of(type);
      for (std::size_t byte = 0; byte < mine.size(); byte += size) {
        unlike_ += std::memcmp(mine.data() + byte, theirs.data() + byte, size) == 0 ? 0 : 1;
      }
      continue;
    }
    const auto mine = as<float>(state.output(at));
    const auto theirs = as<float>(reference.output(at));
    Sums& sums = outputs_[at];
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const double apart = distance(mine[i], theirs[i]);
      sums.apart = std::max(sums.apart, apart);
      sums.noise += apart * apart;
      if (!std::isfinite(theirs[i])) continue;
      sums.signal += static_cast<double>(theirs[i]) * static_cast<double>(theirs[i]);
      sums.largest = std::max(sums.largest, std::abs(static_cast<double>(theirs[i])));
    }
  }
  return {};
}

Difference DifferenceMeter::difference() const {
  Difference all{0.0, kInfinity, unlike_};
  for (const Sums& sums : outputs_) {
    if (sums.apart == 0.0) continue;
    all.codes = std::max(all.codes, sums.largest > 0.0 ? sums.apart * kSteps / sums.largest : kInfinity);
    all.sqnr_db = std::min(all.sqnr_db, 10.0 * std::log10(sums.signal / sums.noise));
  }
  return all;
}

}  // namespace quantrail
