#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "runtime/plan.h"

namespace quantrail {

/// How far the results of one network are from those of another on the same samples.
struct Difference {
  /// The largest distance of a float result in steps of an 8-bit code that spans the reference's results: the largest
  /// |result - reference| over the largest |reference| / 127, of the output where that is most. Infinite where a result
  /// is no number and the reference's is one.
  double codes = 0.0;
  /// 10 log10(sum reference^2 / sum (result - reference)^2), of the output where that is least; infinite where all are
  /// equal.
  double sqnr_db = 0.0;
  std::int64_t unlike = 0;  ///< results that are not float, and differ
  [[nodiscard]] bool identical() const { return codes == 0.0 && unlike == 0; }
};

/// Collects differences batch by batch. Outputs are matched by position: both plans are of networks with the same ones.
class DifferenceMeter {
 public:
  /// Takes in the outputs of the last runs of both. Errors: InvalidInput where they differ in number, type or shape,
  /// naming the output.
  [[nodiscard]] Status add(const Plan& reference_plan, const PlanState& reference, const Plan& plan,
                           const PlanState& state);
  [[nodiscard]] Difference difference() const;

 private:
  struct Sums {
    double signal = 0.0;  ///< of squares
    double noise = 0.0;
    double largest = 0.0;  ///< |reference|
    double apart = 0.0;
  };
  std::vector<Sums> outputs_{};  ///< by position; of results that are not float nothing is summed
  std::int64_t unlike_ = 0;
};

}  // namespace quantrail
