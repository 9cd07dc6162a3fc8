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

Result<std::shared_ptr<const Dataset>> open_arrays(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                   const OpenOptions& options) {
  auto files = open_array_files(config.data, options.labels_required);
  if (!files) return failed(files);
  return make_array_dataset(std::move(*files), config.data.limit, inputs, options);
}

Result<ImageSourcePtr> open_images(const DataSpec& spec, bool labels_required) {
  if (spec.type == "image_list") return open_image_list(spec, labels_required);
  if (spec.type == "image_folder") return open_image_folder(spec, labels_required);
  if (spec.type == "coco") return open_coco(spec, labels_required);
  if (spec.type == "cifar10") return open_cifar10(spec);
  if (spec.type == "npy" || spec.type == "npz") return open_image_arrays(spec, labels_required);
  const std::vector<std::string> known{"image_list", "image_folder", "coco", "cifar10", "npy", "npz"};
  return fail(Cause::InvalidInput, "unknown type of data \"{}\"{}, known are {}", printable(spec.type),
              did_you_mean(spec.type, known), joined(known, ", "));
}

Result<std::shared_ptr<const Dataset>> open_samples(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                    const OpenOptions& options) {
  if (!config.data.treats_images()) return open_arrays(config, inputs, options);
  auto source = open_images(config.data, options.labels_required);
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
