#include "conformance/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/files.h"
#include "model/tensor_file.h"

namespace quantrail::conformance {
namespace {

namespace fs = std::filesystem;

/// The data files of ONNX 1.12 store bfloat16 as uint16.
Tensor declared_as(ElementType type, Tensor value) {
  if (type == ElementType::BFloat16 && value.type == ElementType::Uint16) value.type = type;
  return value;
}

Result<std::vector<Tensor>> tensors(const fs::path& folder, std::string_view kind,
                                    const std::vector<ValueInfo>& declared) {
  std::vector<Tensor> values;
  for (std::size_t at = 0; at < declared.size(); ++at) {
    const auto path = folder / fmt::format("{}_{}.pb", kind, at);
    const auto bytes = read_file(path);
    if (!bytes) return failed(bytes);
    auto value = parsed_tensor(*bytes);
    if (!value) return failed(value, path.filename().string());
    values.push_back(declared_as(declared[at].type, std::move(*value)));
  }
  return values;
}

}  // namespace

fs::path data_folder() { return "/usr/share/libonnx-testdata/data"; }

std::vector<Case> cases_in(const fs::path& folder, const std::string& prefix, double absolute_tolerance) {
  std::vector<Case> cases;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!fs::exists(entry.path() / "model.onnx")) continue;
    cases.push_back({prefix + entry.path().filename().string(), entry.path(), absolute_tolerance});
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  return cases;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const std::string set : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
    auto some = cases_in(data_folder() / set, set + "/");
    cases.insert(cases.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return cases;
}

Result<std::vector<DataSet>> data_sets(const Case& one, const Graph& graph) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(one.folder)) {
    if (entry.path().filename().string().starts_with("test_data_set_")) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  if (folders.empty()) return fail(Cause::InvalidInput, "{} holds no data sets", one.folder.string());
  std::vector<DataSet> sets;
  for (const auto& folder : folders) {
    auto inputs = tensors(folder, "input", graph.inputs);
    if (!inputs) return failed(inputs);
    auto outputs = tensors(folder, "output", graph.outputs);
    if (!outputs) return failed(outputs);
    sets.push_back({std::move(*inputs), std::move(*outputs)});
  }
  return sets;
}

}  // namespace quantrail::conformance
