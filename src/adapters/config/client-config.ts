import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { DEFAULT_HOST, DEFAULT_PORT, IsPort } from './server-config.js';

/** Longer than any server allows: such a name would not even fit on a line. */
const MAX_NAME_LENGTH = 255;

/** Everything a person can set who joins. What a name may be is for the server to say. */
export class ClientConfig {
  @IsString()
  @IsNotEmpty({ message: 'The host is empty: name the machine where the server runs.' })
  readonly host: string = DEFAULT_HOST;

  @IsPort()
  readonly port: number = DEFAULT_PORT;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_LENGTH, { message: `A username has at most ${MAX_NAME_LENGTH} characters.` })
  readonly username?: string;
}
