#pragma once

#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail::testing {

/// One network that tools/make_networks makes, and what is expected of it.
struct Family {
  std::string name{};
  /// How close its float outputs must be to those of ONNX Runtime.
  double least_float_db = 100.0;
  friend std::ostream& operator<<(std::ostream& out, const Family& family) { return out << family.name; }
};

[[nodiscard]] const std::vector<Family>& families();

/// Where the networks are: QUANTRAIL_FAMILIES, or what ctest's own test makes in the build folder.
[[nodiscard]] std::filesystem::path families_folder();

using Inputs = std::map<std::string, Tensor>;

/// What NAME.json says about an input.
struct DeclaredInput {
  std::string name{};
  ElementType type = ElementType::Float32;
  std::vector<std::string> shape{};  ///< sizes as text, or symbols
  std::string fill{};                ///< "normal", "integers", "mask" or "lengths"
  std::int64_t low = 0;              ///< of "integers"
  std::int64_t high = 0;             ///< of "integers", excluded
};

/// Sizes of the symbols.
using Sizes = std::map<std::string, std::int64_t>;

struct Description {
  std::filesystem::path model{};
  std::vector<DeclaredInput> inputs{};
  std::vector<Sizes> sizes{};                     ///< to run at; the first is what calibration uses
  std::set<std::string, std::less<>> selected{};  ///< outputs that hold what values selected: indices, survivors
};

/// Reads NAME.json. Errors: InvalidInput.
[[nodiscard]] Result<Description> described(const Family& family);

/// The shape of an input at `sizes`.
[[nodiscard]] Shape shape_at(const DeclaredInput& input, const Sizes& sizes);

/// Random inputs at `sizes`; the same on every machine.
[[nodiscard]] Inputs random_inputs(const Description& description, const Sizes& sizes, std::uint32_t seed);

}  // namespace quantrail::testing
