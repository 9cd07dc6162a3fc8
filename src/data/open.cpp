#include "data/open.h"

#include <utility>

#include "base/text.h"
#include "data/array_dataset.h"
#include "data/array_files.h"
#include "data/image_dataset.h"
#include "data/image_source.h"
#include "data/targets.h"

namespace quantrail {
namespace {

/// An IDX file says by itself whether it holds images: MNIST's are uint8 [N,H,W].
bool hold_images(const ArrayFiles& files, const DataSpec& spec) {
  const NpyArray& first = files.arrays.begin()->second;
  return !spec.layout.empty() || (spec.type == "idx" && first.type() == ElementType::Uint8 && first.shape.size() == 3);
}

Result<std::shared_ptr<const Dataset>> make_arrays(ArrayFiles files, std::int64_t limit,
                                                   std::span<const ValueInfo> inputs, const OpenOptions& options) {
  auto targets = std::move(files.targets);
  const auto target_files = std::move(files.target_files);
  auto data = make_array_dataset(std::move(files), limit, inputs, options);
  if (!data || !targets) return data;
  return with_target_rows(std::move(*data), std::move(*targets), target_files, options);
}

Result<std::shared_ptr<const Dataset>> open_arrays(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                   const OpenOptions& options) {
  auto files = open_array_files(config.data, options.labels_required, inputs);
  if (!files) return failed(files);
  const std::int64_t limit = config.data.limit;
  if (!hold_images(*files, config.data)) {
    if (config.preprocess == Preprocess{}) return make_arrays(std::move(*files), limit, inputs, options);
    const NpyArray& array = files->arrays.begin()->second;
    return fail(Cause::InvalidInput,
                "{}: {} [{}] is fed as stored, preprocess has no effect on it (uint8 [N,H,W] is images, or say with "
                "data.layout how they are stored; \"preprocess\": {{}} beside \"data\" means none)",
                array.name, array.type_name(), fmt::join(array.shape, ","));
  }
  auto images = images_of(std::move(*files), config.data);
  if (!images) return failed(images);
  return make_image_dataset(std::move(*images), config.preprocess, limit, inputs, options);
}

Result<ImageSourcePtr> open_images(const DataSpec& spec, const OpenOptions& options) {
  const bool labels_required = options.labels_required;
  if (spec.type == "image_list") return open_image_list(spec, labels_required);
  if (spec.type == "image_folder") return open_image_folder(spec, labels_required, options.classes);
  if (spec.type == "coco") return open_coco(spec, labels_required);
  if (spec.type == "cifar10") return open_cifar10(spec);
  return fail(Cause::InvalidInput, "unknown type of data \"{}\"{}, known are {}", printable(spec.type),
              did_you_mean(spec.type, data_type_names()), joined(data_type_names(), ", "));
}

Result<std::shared_ptr<const Dataset>> open_samples(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                    const OpenOptions& options) {
  if (config.data.holds_arrays()) return open_arrays(config, inputs, options);
  auto source = open_images(config.data, options);
  if (!source) return failed(source);
  return make_image_dataset(std::move(*source), config.preprocess, config.data.limit, inputs, options);
}

}  // namespace

Result<std::shared_ptr<const Dataset>> open_dataset(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                    const OpenOptions& options) {
  auto data = open_samples(config, inputs, options);
  if (!data) return failed(data);
  return with_targets(std::move(*data), config.data, options);
}

}  // namespace quantrail
