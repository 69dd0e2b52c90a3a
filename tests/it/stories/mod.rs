mod imports;
mod jobs;
mod pos;
mod refusals;
