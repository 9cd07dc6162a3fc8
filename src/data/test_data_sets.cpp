#include "data/test_data_sets.h"

#include <algorithm>
#include <utility>

#include "base/files.h"
#include "base/folders.h"
#include "base/text.h"
#include "data/name_order.h"
#include "model/half.h"
#include "model/infer.h"
#include "model/tensor_file.h"

namespace quantrail {
namespace {

constexpr std::string_view kPrefix = "test_data_set_";

struct TensorFile {
  std::filesystem::path path{};
  std::string name{};
  Tensor tensor{};
};

/// What one file of each folder holds, one after the other.
struct Column {
  ElementType type = ElementType::Float32;
  Shape row{};
  std::vector<std::byte> bytes{};
  std::vector<std::string> row_names{};
  std::string name{};
};

bool is_there(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::exists(path, unknown);
}

Result<std::vector<std::filesystem::path>> folders_in(const std::filesystem::path& path) {
  const auto found = listed(path);
  if (!found) return failed(found);
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : *found) {
    std::error_code unknown;
    if (entry.path().filename().string().starts_with(kPrefix) && entry.is_directory(unknown))
      folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end(),
            [](const auto& a, const auto& b) { return number_order(a.filename().string(), b.filename().string()); });
  if (!folders.empty()) return folders;
  return fail(Cause::InvalidInput, "{}: there is no folder {}*{}", printable(path.string()), kPrefix,
              is_there(path / "input_0.pb") ? " (give the folder around the one with input_0.pb)" : "");
}

/// With a first axis that counts samples: the file's, or one in front of a `whole` sample.
Result<TensorFile> read_tensor(const std::filesystem::path& path, bool whole) {
  const auto bytes = read_file(path);
  if (!bytes) return failed(bytes);
  auto named = parsed_named_tensor(*bytes);
  if (!named) return failed(named, printable(path.string()));
  if (named->tensor.type == ElementType::BFloat16) named->tensor = widened(named->tensor);
  const Shape& shape = named->tensor.shape;
  if (shape.empty() && !whole)
    return fail(Cause::InvalidInput, "{}: holds a single number; the first axis must count the samples",
                printable(path.string()));
  if (named->tensor.bytes.empty())
    return fail(Cause::InvalidInput, "{}: is empty: its shape is [{}]", printable(path.string()),
                fmt::join(shape, ","));
  if (whole && (shape.empty() || shape.front() != 1)) named->tensor.shape.insert(shape.begin(), 1);
  return TensorFile{path, std::move(named->name), std::move(named->tensor)};
}

Result<std::vector<TensorFile>> read_inputs(const std::filesystem::path& folder, std::size_t count, bool whole) {
  std::vector<TensorFile> files;
  for (std::size_t i = 0; i < count; ++i) {
    auto file = read_tensor(folder / fmt::format("input_{}.pb", i), whole);
    if (!file) return failed(file);
    files.push_back(std::move(*file));
  }
  const auto further = folder / fmt::format("input_{}.pb", count);
  if (!is_there(further)) return files;
  return fail(Cause::InvalidInput, "{}: the network has only {} inputs", printable(further.string()), count);
}

/// Brings the files into the order of the inputs.
Status put_in_order(std::vector<TensorFile>& files, std::span<const ValueInfo> inputs) {
  const auto place = [&](const std::string& name) {
    return static_cast<std::size_t>(
        std::find_if(inputs.begin(), inputs.end(), [&](const auto& input) { return input.name == name; }) -
        inputs.begin());
  };
  const auto named = [&](const TensorFile& file) { return place(file.name) < inputs.size(); };
  if (std::all_of(files.begin(), files.end(), named)) {
    std::stable_sort(files.begin(), files.end(),
                     [&](const auto& a, const auto& b) { return place(a.name) < place(b.name); });
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!named(files[i]) || place(files[i].name) == i) continue;
    return fail(Cause::InvalidInput,
                "{}: bears the name of the network input \"{}\" and has the place of \"{}\": name all tensors after "
                "inputs, each once, or none",
                printable(files[i].path.string()), printable(files[i].name), printable(inputs[i].name));
  }
  return {};
}

/// Adds the rows of `file`, of which there must be `rows`.
Status append(Column& column, const TensorFile& file, std::int64_t rows) {
  const std::string path = printable(file.path.string());
  const Shape& shape = file.tensor.shape;
  if (shape.front() != rows)
    return fail(Cause::InvalidInput, "{}: the first axis counts {} samples, input_0.pb has {}", path, shape.front(),
                rows);
  const Shape row(shape.begin() + 1, shape.end());
  if (column.row_names.empty()) {
    column.type = file.tensor.type;
    column.row = row;
    column.name = path;
  } else if (column.type != file.tensor.type || column.row != row) {
    return fail(Cause::InvalidInput, "{}: samples are {} [{}], in {} they are {} [{}]", path, name_of(file.tensor.type),
                fmt::join(row, ","), column.name, name_of(column.type), fmt::join(column.row, ","));
  }
  column.bytes.insert(column.bytes.end(), file.tensor.bytes.begin(), file.tensor.bytes.end());
  for (std::int64_t i = 0; i < rows; ++i)
    column.row_names.push_back(rows == 1 ? path : fmt::format("{} row {}", path, i));
  return {};
}

NpyArray array_of(Column column) {
  const auto kind = [](ElementType type) {
    if (is_float(type)) return 'f';
    if (type == ElementType::Bool) return 'b';
    return name_of(type).starts_with('u') ? 'u' : 'i';
  };
  NpyArray array{.name = column.name, .kind = kind(column.type), .item_bytes = size_of(column.type)};
  array.shape = std::move(column.row);
  array.shape.insert(array.shape.begin(), static_cast<std::int64_t>(column.row_names.size()));
  array.bytes = bytes_in_memory(std::move(column.bytes));
  array.row_names = std::move(column.row_names);
  return array;
}

/// Inputs by their place, then the output, as read so far.
struct Columns {
  std::vector<Column> inputs{};
  Column output{};
};

Status add_folder(const std::filesystem::path& folder, std::span<const ValueInfo> inputs, Columns& columns,
                  ArrayFiles& out) {
  const bool whole = takes_whole_samples(inputs);
  auto files = read_inputs(folder, inputs.size(), whole);
  if (!files) return failed(files);
  const std::int64_t rows = files->front().tensor.shape.front();
  for (const auto& file : *files) out.files.push_back(file.path);
  if (const auto ordered = put_in_order(*files, inputs); !ordered) return ordered;
  const bool first = columns.inputs.front().row_names.empty();
  for (std::size_t i = 0; i < files->size(); ++i) {
    if (const auto added = append(columns.inputs[i], (*files)[i], rows); !added) return added;
  }
  const auto output_path = folder / "output_0.pb";
  if (!first && is_there(output_path) == out.target_files.empty()) {
    return fail(Cause::InvalidInput, "{}: {}; all folders must have one, or none", printable(output_path.string()),
                out.target_files.empty() ? "the folders before have none" : "is missing");
  }
  if (!is_there(output_path)) return {};
  const auto output = read_tensor(output_path, whole);
  if (!output) return failed(output);
  out.target_files.push_back(output_path);
  return append(columns.output, *output, rows);
}

}  // namespace

Result<ArrayFiles> open_test_data_sets(const DataSpec& spec, std::span<const ValueInfo> inputs) {
  const auto folders = folders_in(spec.path);
  if (!folders) return failed(folders);
  if (inputs.empty()) return fail(Cause::InvalidInput, "{}: the network has no inputs", printable(spec.path.string()));
  ArrayFiles out;
  Columns columns{std::vector<Column>(inputs.size()), {}};
  for (const auto& folder : *folders) {
    const auto rows = static_cast<std::int64_t>(columns.inputs.front().row_names.size());
    if (spec.limit > 0 && rows >= spec.limit) break;
    if (const auto added = add_folder(folder, inputs, columns, out); !added) return failed(added);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) out.arrays[inputs[i].name] = array_of(std::move(columns.inputs[i]));
  if (!out.target_files.empty()) out.targets = array_of(std::move(columns.output));
  return out;
}

}  // namespace quantrail
