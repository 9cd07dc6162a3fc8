#include "data/open.h"

#include <utility>

#include "base/text.h"
#include "data/array_dataset.h"
#include "data/array_files.h"

namespace quantrail {
namespace {

Result<std::shared_ptr<const Dataset>> open_arrays(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                   const OpenOptions& options) {
  auto files = open_array_files(config.data, options.labels_required);
  if (!files) return failed(files);
  return make_array_dataset(std::move(*files), config.data.limit, inputs, options);
}

}  // namespace

Result<std::shared_ptr<const Dataset>> open_dataset(const DataConfig& config, std::span<const ValueInfo> inputs,
                                                    const OpenOptions& options) {
  const std::string& type = config.data.type;
  if (type == "npy" || type == "npz") return open_arrays(config, inputs, options);
  const std::vector<std::string> known{"npy", "npz"};
  return fail(Cause::InvalidInput, "unknown type of data \"{}\"{}, known are {}", printable(type),
              did_you_mean(type, known), joined(known, ", "));
}

}  // namespace quantrail
