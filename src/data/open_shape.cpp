#include "data/open_shape.h"

#include "base/text.h"

namespace quantrail {

std::string open_shape_text(const Shape& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape) sizes.push_back(size < 0 ? "?" : std::to_string(size));
  return "[" + joined(sizes, ",") + "]";
}

}  // namespace quantrail
