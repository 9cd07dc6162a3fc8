#include "app/guess_data.h"

#include <algorithm>

#include "base/folders.h"
#include "base/text.h"
#include "data/idx.h"
#include "data/npy.h"
#include "data/npz.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code unknown;
  return fs::is_regular_file(path, unknown);
}

/// Of uint8 images; empty for what is fed as stored.
std::string layout_of(const NpyArray& array, std::span<const ValueInfo> inputs) {
  if (array.kind != 'u' || array.item_bytes != 1 || inputs.size() != 1 || inputs[0].type == ElementType::Uint8)
    return "";
  const auto channels = [](std::int64_t size) { return size == 1 || size == 3; };
  if (array.shape.size() == 3) return "NHWC";  // grey
  if (array.shape.size() != 4) return "";
  if (channels(array.shape[3])) return "NHWC";
  return channels(array.shape[1]) ? "NCHW" : "";
}

/// A file for each input, whose name is `prefix` and the input's; nothing where one is missing.
std::map<std::string, fs::path> arrays_of(const fs::path& folder, const std::string& prefix,
                                          std::span<const ValueInfo> inputs) {
  std::map<std::string, fs::path> arrays;
  for (const auto& input : inputs) {
    const fs::path file = folder / (prefix + input.name + ".npy");
    if (!is_file(file)) return {};
    arrays[input.name] = file;
  }
  return arrays;
}

/// "val_" of "val_images.npy", and of "val_input_ids.npy" for an input "input_ids".
std::string prefix_of(const fs::path& path, std::span<const ValueInfo> inputs) {
  const std::string stem = path.stem().string();
  for (const auto& input : inputs) {
    if (stem.ends_with(input.name)) return stem.substr(0, stem.size() - input.name.size());
  }
  const auto last = stem.rfind('_');
  return last == std::string::npos ? stem + "_" : stem.substr(0, last + 1);
}

Status put_labels(DataSpec& spec, const fs::path& labels) {
  const auto array = open_npy(labels);
  if (!array) return failed(array);
  const bool whole = array->kind == 'i' || array->kind == 'u';
  const bool one_each = array->shape.size() == 1 || (array->shape.size() == 2 && array->shape[1] == 1);
  (whole && one_each ? spec.labels : spec.targets) = labels;
  return {};
}

Result<DataSpec> of_array(const fs::path& path, std::span<const ValueInfo> inputs) {
  DataSpec spec{.type = "npy"};
  const std::string prefix = prefix_of(path, inputs);
  if (inputs.size() > 1) {
    spec.arrays = arrays_of(path.parent_path(), prefix, inputs);
    if (spec.arrays.empty()) {
      return fail(Cause::InvalidInput,
                  "{}: the network has {} inputs, which need a file each: {}INPUT.npy in one folder",
                  printable(path.string()), inputs.size(), printable(prefix));
    }
  } else {
    const auto array = open_npy(path);
    if (!array) return failed(array);
    spec.path = path;
    spec.layout = layout_of(*array, inputs);
  }
  for (const auto& named : {path.stem().string() + "_", prefix}) {
    const fs::path beside = path.parent_path() / (named + "labels.npy");
    if (spec.labels.empty() && is_file(beside)) spec.labels = beside;
  }
  return spec;
}

using Arrays = std::map<std::string, NpyArray>;

/// "x_train", "y_train", "x_test", "y_test", as Keras has its data sets; the samples, or the end where there are none.
Arrays::const_iterator of_keras(DataSpec& spec, const Arrays& arrays, Side side) {
  const bool calibration = side == Side::Calibration;
  for (const std::string set : {calibration ? "train" : "test", "val", calibration ? "test" : "train"}) {
    const auto samples = arrays.find("x_" + set);
    if (samples == arrays.end()) continue;
    spec.samples_array = samples->first;
    spec.labels_array = !calibration && arrays.contains("y_" + set) ? "y_" + set : "";
    return samples;
  }
  return arrays.end();
}

Result<DataSpec> of_archive(const fs::path& path, std::span<const ValueInfo> inputs, Side side) {
  const Result<Arrays> arrays = open_npz(path);
  if (!arrays) return failed(arrays);
  DataSpec spec{.type = "npz", .path = path};
  for (const auto* name : {"labels", "label", "y"}) {
    if (arrays->contains(name) && spec.labels_array.empty()) spec.labels_array = name;
  }
  if (inputs.size() != 1) return spec;
  const bool one = arrays->size() == (spec.labels_array.empty() ? 1U : 2U);
  const auto is_sample = [&](const auto& array) { return array.first != spec.labels_array; };
  auto samples = one ? std::find_if(arrays->begin(), arrays->end(), is_sample) : arrays->find(inputs[0].name);
  if (samples == arrays->end()) samples = of_keras(spec, *arrays, side);
  if (samples != arrays->end()) spec.layout = layout_of(samples->second, inputs);
  return spec;
}

bool ends_as_npy(const fs::path& file) { return file.extension() == ".npy"; }

/// MNIST's "t10k-labels-idx1-ubyte.gz" beside "t10k-images-idx3-ubyte.gz".
DataSpec of_idx(const fs::path& path, std::span<const ValueInfo> inputs) {
  DataSpec spec{.type = "idx", .path = path};
  if (const auto array = open_idx(path)) spec.layout = layout_of(*array, inputs);
  std::string name = path.filename().string();
  const auto images = name.find("images");
  if (images == std::string::npos) return spec;
  name.replace(images, std::string_view("images").size(), "labels");
  if (const auto axes = name.find("idx3"); axes != std::string::npos) name[axes + 3] = '1';
  if (is_file(path.parent_path() / name)) spec.labels = path.parent_path() / name;
  return spec;
}

Result<DataSpec> of_folder(const fs::path& path, std::span<const ValueInfo> inputs) {
  if (auto arrays = arrays_of(path, "", inputs); !arrays.empty()) {
    DataSpec spec{.type = "npy", .arrays = std::move(arrays)};
    if (is_file(path / "labels.npy")) spec.labels = path / "labels.npy";
    return spec;
  }
  const auto inside = entries(path);
  if (!inside) return failed(inside);
  const bool batches = std::any_of(inside->begin(), inside->end(), [](const auto& entry) {
    const std::string name = entry.filename().string();
    return name == "test_batch.bin" || name == "data_batch_1.bin";
  });
  if (batches) return DataSpec{.type = "cifar10", .path = path};
  std::error_code unknown;
  if (fs::is_directory(path / "test_data_set_0", unknown)) return DataSpec{.type = "test_data_set", .path = path};
  if (inputs.size() != 1 || inside->empty() || !std::all_of(inside->begin(), inside->end(), ends_as_npy))
    return DataSpec{.type = "image_folder", .path = path};
  DataSpec spec{.type = "npy", .path = path};
  if (auto first = open_npy(inside->front())) {
    first->shape.insert(first->shape.begin(), 1);  // a file for each sample
    spec.layout = layout_of(*first, inputs);
  }
  return spec;
}

DataSpec of_annotations(const fs::path& path) {
  DataSpec spec{.type = "coco", .path = path};
  std::error_code unknown;
  if (const fs::path images = path.parent_path() / "images"; fs::is_directory(images, unknown)) spec.root = images;
  return spec;
}

Result<DataSpec> of_path(const fs::path& path, std::span<const ValueInfo> inputs, Side side) {
  std::error_code unknown;
  if (!fs::exists(path, unknown))
    return fail(Cause::InvalidInput, "{}: there is no such file or folder", printable(path.string()));
  if (fs::is_directory(path, unknown)) return of_folder(path, inputs);
  const std::string ending = path.extension().string();
  if (path.filename().string().find("idx") != std::string::npos || ending == ".idx") return of_idx(path, inputs);
  if (ending == ".npy") return of_array(path, inputs);
  if (ending == ".npz") return of_archive(path, inputs, side);
  if (ending == ".json") return of_annotations(path);
  if (ending == ".bin") return DataSpec{.type = "cifar10", .path = path};
  if (ending == ".txt" || ending == ".csv" || ending == ".lst" || ending == ".list")
    return DataSpec{.type = "image_list", .path = path};
  return fail(Cause::InvalidInput,
              "{}: no kind of data that is known by its name: a folder, .npy, .npz, .txt or .csv (a list of images), "
              ".json (COCO), .bin (CIFAR-10) or \"idx\" in it (MNIST)",
              printable(path.string()));
}

}  // namespace

Result<DataSpec> guessed_data(const fs::path& path, const fs::path& labels, std::span<const ValueInfo> inputs,
                              Side side) {
  auto spec = of_path(path, inputs, side);
  if (!spec || labels.empty()) return spec;
  if (spec->type != "npy" && spec->type != "npz" && spec->type != "idx" && spec->type != "image_list") {
    return fail(Cause::InvalidInput, "{}: --labels is for arrays and lists of images; {} has labels of its own",
                printable(labels.string()), spec->type);
  }
  spec->labels.clear();
  spec->labels_array.clear();
  if (auto put = put_labels(*spec, labels); !put) return failed(put);
  if (spec->type == "image_list" && !spec->labels.empty()) {
    return fail(Cause::InvalidInput, "{}: the labels of a list of images stand in it, \"path label\" in a line",
                printable(labels.string()));
  }
  return spec;
}

}  // namespace quantrail::app
