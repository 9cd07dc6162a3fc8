#include "data/array_files.h"

#include <utility>

#include "base/text.h"
#include "data/idx.h"
#include "data/npy_folder.h"
#include "data/npz.h"
#include "data/test_data_sets.h"

namespace quantrail {
namespace {

std::vector<std::string> names_of(const std::map<std::string, NpyArray>& arrays) {
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) names.push_back(printable(name));
  return names;
}

Result<NpyArray> open_array(const DataSpec& spec, const std::filesystem::path& path) {
  return spec.type == "idx" ? open_idx(path) : open_npy(path);
}

bool is_npy_folder(const DataSpec& spec, const std::filesystem::path& path) {
  std::error_code unknown;
  return spec.type == "npy" && std::filesystem::is_directory(path, unknown);
}

/// Adds the array that the files in `path` make up; their names.
Result<std::vector<std::filesystem::path>> add_folder(const DataSpec& spec, const std::string& input,
                                                      const std::filesystem::path& path, ArrayFiles& out) {
  auto folder = open_npy_folder(path, !spec.labels.empty() || !spec.targets.empty());
  if (!folder) return failed(folder);
  std::vector<std::filesystem::path> names;
  for (const auto& file : folder->files) {
    if (spec.limit == 0 || names.size() < static_cast<std::size_t>(spec.limit)) out.files.push_back(file);
    names.push_back(file.filename());
  }
  out.arrays.insert_or_assign(input, std::move(folder->array));
  return names;
}

Status open_files(const DataSpec& spec, ArrayFiles& out) {
  auto paths = spec.arrays;
  if (paths.empty()) paths[""] = spec.path;
  std::optional<std::vector<std::filesystem::path>> names;
  for (const auto& [input, path] : paths) {
    if (is_npy_folder(spec, path)) {
      auto added = add_folder(spec, input, path, out);
      if (!added) return failed(added);
      if (names && *names != *added)
        return fail(Cause::InvalidInput, "{}: its files have other names than those of the other folders",
                    path.string());
      names = std::move(*added);
      continue;
    }
    auto array = open_array(spec, path);
    if (!array) return failed(array);
    out.arrays.insert_or_assign(input, std::move(*array));
    out.files.push_back(path);
  }
  return {};
}

tl::unexpected<Error> no_array(const DataSpec& spec, const std::string& name,
                               const std::map<std::string, NpyArray>& arrays) {
  const auto names = names_of(arrays);
  return fail(Cause::InvalidInput, "{}: there is no array \"{}\"{}; it holds {}", spec.path.string(), printable(name),
              did_you_mean(name, names), joined(names, ", "));
}

Status open_archive(const DataSpec& spec, ArrayFiles& out) {
  auto arrays = open_npz(spec.path);
  if (!arrays) return failed(arrays);
  out.arrays = std::move(*arrays);
  out.files.push_back(spec.path);
  if (!spec.labels_array.empty()) {
    const auto found = out.arrays.find(spec.labels_array);
    if (found == out.arrays.end()) return no_array(spec, spec.labels_array, out.arrays);
    auto labels = read_labels(found->second);
    if (!labels) return failed(labels);
    out.labels = std::move(*labels);
    out.arrays.erase(found);
  }
  out.arrays.erase(spec.targets_array);
  if (!spec.samples_array.empty()) {
    const auto found = out.arrays.find(spec.samples_array);
    if (found == out.arrays.end()) return no_array(spec, spec.samples_array, out.arrays);
    out.arrays = std::map<std::string, NpyArray>{*found};
    out.chosen = spec.samples_array + " " + spec.labels_array;
  }
  if (out.arrays.empty()) return fail(Cause::InvalidInput, "{}: holds no samples", spec.path.string());
  if (out.arrays.size() == 1) {
    auto only = out.arrays.extract(out.arrays.begin());
    only.key().clear();
    out.arrays.insert(std::move(only));
  }
  return {};
}

Status check_rows(const ArrayFiles& files, const DataSpec& spec) {
  const NpyArray& first = files.arrays.begin()->second;
  for (const auto& [input, array] : files.arrays) {
    if (array.rows() == first.rows()) continue;
    return fail(Cause::InvalidInput, "{} has {} samples, {} has {}", first.name, first.rows(), array.name,
                array.rows());
  }
  if (files.labels && files.labels->size() != first.rows()) {
    const std::string labels = spec.labels.empty() ? spec.labels_array : spec.labels.string();
    return fail(Cause::InvalidInput, "{} has {} samples, there are {} labels in {}", first.name, first.rows(),
                files.labels->size(), printable(labels));
  }
  return {};
}

}  // namespace

Result<ArrayFiles> open_array_files(const DataSpec& spec, bool labels_required, std::span<const ValueInfo> inputs) {
  if (spec.type == "test_data_set") {
    if (!labels_required) return open_test_data_sets(spec, inputs);
    return fail(Cause::InvalidInput, "{}: labels are needed, and test data sets have none", spec.path.string());
  }
  ArrayFiles out;
  const auto opened = spec.type == "npz" ? open_archive(spec, out) : open_files(spec, out);
  if (!opened) return failed(opened);
  if (!spec.labels.empty()) {
    const auto array = open_array(spec, spec.labels);
    if (!array) return failed(array);
    auto labels = read_labels(*array);
    if (!labels) return failed(labels);
    out.labels = std::move(*labels);
    out.files.push_back(spec.labels);
  }
  if (labels_required && !out.labels) {
    return fail(Cause::InvalidInput, "{}: labels are needed: give data.labels ({} file){}", out.files.front().string(),
                spec.type == "idx" ? "an IDX" : "a .npy", spec.type == "npz" ? " or data.labels_array" : "");
  }
  if (const auto checked = check_rows(out, spec); !checked) return failed(checked);
  return out;
}

}  // namespace quantrail
