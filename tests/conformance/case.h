#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/graph.h"

namespace quantrail::conformance {

/// A test model with its recorded inputs and outputs.
struct Case {
  std::string name{};  ///< "node/test_abs"
  std::filesystem::path folder{};
  double absolute_tolerance = 1e-7;  ///< as in ONNX's own runner
};

/// Inputs and expected outputs in the graph's order, from one test_data_set_* folder.
struct DataSet {
  std::vector<Tensor> inputs{};
  std::vector<Tensor> outputs{};
};

/// Where Debian's libonnx-testdata puts the models.
[[nodiscard]] std::filesystem::path data_folder();

/// Every model of the sets node, pytorch-converted, pytorch-operator and simple, by name.
[[nodiscard]] std::vector<Case> all_cases();

/// Every folder below `folder` that holds a model, by name, which starts with `prefix`.
[[nodiscard]] std::vector<Case> cases_in(const std::filesystem::path& folder, const std::string& prefix,
                                         double absolute_tolerance = 1e-7);

/// All data sets of one case, for the inputs and outputs that `graph` declares. Errors: a file is missing or
/// unreadable.
[[nodiscard]] Result<std::vector<DataSet>> data_sets(const Case& one, const Graph& graph);

}  // namespace quantrail::conformance
