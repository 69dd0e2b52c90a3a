mod imports;
mod jobs;
mod pos;
