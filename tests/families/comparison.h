#pragma once

#include <set>
#include <string>
#include <vector>

#include "families/ours.h"

namespace quantrail::testing {

/// One network on the same inputs in both runtimes. Failures are those of the test that calls.
class Comparison {
 public:
  /// `network` must outlive this. `selected`: outputs that hold what values selected (indices, survivors): equal to
  /// those of ONNX Runtime in float, unless it selects otherwise itself with its optimiser than without; not compared
  /// once quantized.
  Comparison(const OurNetwork& network, std::set<std::string, std::less<>> selected, std::vector<Inputs> sets);

  /// Float outputs are those of ONNX Runtime, unoptimised, to `least_db` or better; prints how close.
  void expect_same_float(double least_db);

  /// The network quantized with the groups `reverted` is as close to the float network here as, exported, in ONNX
  /// Runtime; prints how close. Precondition: expect_same_float() has run.
  void expect_as_close(const Quantization& q, const std::set<std::string, std::less<>>& reverted) const;

 private:
  [[nodiscard]] bool is_selected(std::size_t output) const;
  /// Whether the selected outputs of another run are those of the reference.
  [[nodiscard]] bool selects_alike(const std::vector<Outputs>& other) const;
  [[nodiscard]] double db(std::size_t output, const std::vector<Outputs>& other) const;
  [[nodiscard]] double worst_db(const std::vector<Outputs>& other) const;

  const OurNetwork& network_;
  std::set<std::string, std::less<>> selected_;
  std::vector<Inputs> sets_;
  std::vector<Outputs> reference_{};  ///< of ONNX Runtime, by set
  bool decided_ = true;               ///< what is selected does not hang on rounding
};

}  // namespace quantrail::testing
