#pragma once

#include <memory>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// What a program of the user's makes of each sample, and the mean of that over samples. It is started with spec.run by
/// a shell in spec.folder, once for each thread, reads a line for each sample, the path of a folder, and answers with a
/// line: a JSON number, or an object with "value". In the folder are output_0.npy, output_1.npy, ... without a batch
/// axis, sample.npy (the position in the data) and, where the data has them, label.npy and target.npy.
/// spec.files, and whatever of its words names a file there, quoted or behind a "=" too, are part of identity(), by
/// content. Errors: InvalidInput for such a file that cannot be read, for a folder that is none and for a program that
/// the shell does not find.
[[nodiscard]] Result<std::unique_ptr<Metric>> make_command_metric(const MetricSpec& spec);

}  // namespace quantrail
