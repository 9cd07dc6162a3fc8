#include "families/agreement.h"

#include <cmath>
#include <limits>

namespace quantrail::testing {

void Agreement::add(std::span<const float> reference, std::span<const float> values) {
  for (std::size_t at = 0; at < reference.size(); ++at) {
    const double wanted = reference[at];
    const double found = values[at];
    if (wanted == found || (std::isnan(wanted) && std::isnan(found))) {
      signal_ += std::isfinite(wanted) ? wanted * wanted : 0.0;
      continue;
    }
    const double apart = wanted - found;
    noise_ += std::isfinite(apart) ? apart * apart : std::numeric_limits<double>::infinity();
    signal_ += std::isfinite(wanted) ? wanted * wanted : 0.0;
  }
}

double Agreement::db() const {
  if (noise_ == 0.0) return kIdentical;
  return 10.0 * std::log10(signal_ / noise_);
}

}  // namespace quantrail::testing
